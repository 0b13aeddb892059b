import { AppError } from '../../errors.ts';
import type { CompleteTarget } from '../dsn/environment.ts';
import type { Endpoint } from '../dsn/target.ts';
import type { Host } from '../shared/host.ts';
import { forStream, PRIORITY } from '../shared/journal-line.ts';
import { codeOf } from '../shared/node-errors.ts';

/** libpq calls these folders, where packages put the socket, `localhost`. */
const DEFAULT_SOCKET_FOLDERS = ['/var/run/postgresql', '/run/postgresql', '/tmp'];
const FIELD = /((?:[^:\\]|\\.)*)(?::|$)/y;

/** The five fields of a line, unescaped; `*` stays apart from an escaped one. */
function fieldsOf(line: string): Array<{ any: boolean; text: string }> {
  const fields = [];
  FIELD.lastIndex = 0;
  while (fields.length < 5 && FIELD.lastIndex < line.length) {
    const raw = FIELD.exec(line)?.[1];
    if (raw === undefined) return [];
    fields.push({ any: raw === '*', text: raw.replace(/\\(.)/gs, '$1') });
  }
  return fields;
}

/**
 * The password of the first line of a .pgpass file (PostgreSQL documentation, 34.16) that fits: fields are
 * `host:port:database:user:password`, `*` fits everything, a backslash escapes `:` and itself.
 */
export function findPassword(contents: string, wanted: readonly (readonly string[])[]): string | undefined {
  for (const line of contents.split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = fieldsOf(line);
    const password = fields[4]?.text;
    const fits = wanted.every((values, index) => fields[index]?.any || values.includes(fields[index]?.text ?? ''));
    if (password !== undefined && password !== '' && fits) return password;
  }
  return undefined;
}

function wantedFields(endpoint: Endpoint, target: CompleteTarget): string[][] {
  const tcp = endpoint.kind === 'tcp';
  const folder = tcp ? endpoint.host : endpoint.folder;
  const names = !tcp && DEFAULT_SOCKET_FOLDERS.includes(folder) ? [folder, 'localhost'] : [folder];
  return [names, [String(endpoint.port)], [target.database], [target.user]];
}

/** As libpq: a password file that others can read is not used. */
function isPrivate(path: string, host: Pick<Host, 'permissions' | 'err'>): boolean {
  const permissions = host.permissions(path) & 0o077;
  if (permissions === 0) return true;
  const what = `the password file ${path} is not used, because others than its owner can read it; run: chmod 600 ${path}`;
  host.err.write(forStream(host.err, PRIORITY.warning, `warning: ${what}`));
  return false;
}

/**
 * Password from the target's password file, else from ~/.pgpass.
 * @throws AppError with exit code 5 if the file that the target names cannot be read.
 */
export function readPassfile(
  endpoint: Endpoint,
  target: CompleteTarget,
  host: Pick<Host, 'environment' | 'readFile' | 'permissions' | 'err'>,
): string | undefined {
  const home = host.environment['HOME'];
  const path = target.passfile ?? (home ? `${home}/.pgpass` : undefined);
  if (!path) return undefined;
  try {
    if (!isPrivate(path, host)) return undefined;
    return findPassword(host.readFile(path).toString('utf8'), wantedFields(endpoint, target));
  } catch (error) {
    // Only the default file may be missing.
    if (target.passfile === undefined && ['ENOENT', 'ENOTDIR', 'EACCES'].includes(codeOf(error))) return undefined;
    throw new AppError('missing', `the password file ${path} cannot be read (${codeOf(error)})`, {
      advice: 'Correct Passfile in PG_DSN, or PGPASSFILE; the user that runs the job must be able to read it.',
      cause: error,
    });
  }
}
