import { AppError } from '../../errors.ts';
import type { Host } from '../shared/host.ts';
import { parseEnvironmentFile } from './environment-file.ts';

const EXAMPLE = "PG_DSN='Host=127.0.0.1;Port=5432;Database=…;Username=…;Password=…'";

/**
 * PG_DSN from the environment, else from the environment file.
 * @throws AppError: exit code 3 when neither defines it, 5 when the file may not be read.
 */
export function findDsn(host: Host, envFile: string): string {
  const fromEnvironment = host.environment['PG_DSN'];
  if (fromEnvironment) return fromEnvironment;
  const fromFile = parseEnvironmentFile(readEnvironmentFile(host, envFile)).get('PG_DSN');
  if (fromFile) return fromFile;
  throw new AppError('configuration', `PG_DSN is neither in the environment nor defined in ${envFile}`, {
    advice: `Add a line to ${envFile}: ${EXAMPLE}`,
  });
}

function readEnvironmentFile(host: Host, path: string): string {
  try {
    return host.readFile(path).toString('utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code === 'EACCES' || code === 'EPERM')
      throw new AppError('missing', `PG_DSN is not in the environment, and ${path} may not be read by this user`, {
        // A unit's user may not read it either: there systemd has, before the job, and passed on what it defines.
        advice: `Run this as root or through its systemd unit (systemctl start), or set PG_DSN in the environment. If this is the unit, the file is missing or defines no PG_DSN: add the line ${EXAMPLE}`,
        cause,
      });
    const found = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'unknown reason'})`;
    throw new AppError('configuration', `PG_DSN is not in the environment, and ${path} ${found}`, {
      advice: `Create ${path} (mode 0600, owned by root) with the line: ${EXAMPLE}`,
      cause,
    });
  }
}
