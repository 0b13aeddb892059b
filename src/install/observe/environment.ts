import { AppError } from '../../errors.ts';
import { parseEnvironmentFile } from '../../runtime/dsn/environment-file.ts';
import { parseDsn } from '../../runtime/dsn/parse.ts';
import { secretsIn } from '../../secrets.ts';
import type { HostEntry, HostFiles } from '../host/host.ts';
import { resolvePath } from '../host/resolve-path.ts';
import { ignoredLine } from './ignored-line.ts';
import type { DsnFound, EnvironmentFound } from './observed.ts';

/** Looks at the environment file without keeping what it says. */
export function observeEnvironment(files: HostFiles, path: string): EnvironmentFound {
  const entry = files.status(path);
  if (!entry) return { state: 'absent' };
  if (entry.type !== 'link')
    return entry.type === 'file' ? present(files, path, entry, undefined) : blocked(entry.type);
  const link = files.readLink(path);
  const resolved = resolvePath(files, path);
  const target = resolved === undefined ? undefined : files.status(resolved);
  if (resolved === undefined || target?.type !== 'file') return blocked('link', link);
  return present(files, resolved, target, link);
}

const blocked = (type: HostEntry['type'], link?: string): EnvironmentFound => ({ state: 'blocked', type, link });

function present(files: HostFiles, path: string, { mode, uid }: HostEntry, link: string | undefined): EnvironmentFound {
  return { state: 'present', mode, uid, link, dsn: readDsn(readText(files, path)) };
}

/** undefined if this user may not read it: only root may, as it should be. */
function readText(files: HostFiles, path: string): string | undefined {
  try {
    return files.read(path)?.toString('utf8') ?? '';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM') return undefined;
    throw error;
  }
}

/** The secrets of the environment file, as far as this user may read it: what is quoted elsewhere must not have them. */
export const secretsOfEnvironment = (files: HostFiles, path: string): string[] =>
  secretsIn(readText(files, path) ?? '');

/** A value that is still as the example has it. */
const PLACEHOLDER = /=\s*(?:\.\.\.|\u2026)\s*(?:;|$)/;

function readDsn(text: string | undefined): DsnFound {
  if (text === undefined) return { is: 'unreadable' };
  const dsn = parseEnvironmentFile(text).get('PG_DSN');
  if (!dsn) return { is: 'undefined', ignored: ignoredLine(text) };
  if (PLACEHOLDER.test(dsn)) return { is: 'placeholder' };
  try {
    return { is: 'configured', overSocket: parseDsn(dsn).endpoints.some(({ kind }) => kind === 'socket') };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { is: 'invalid', problem: error.message };
  }
}
