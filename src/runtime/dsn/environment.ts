import { AppError } from '../../errors.ts';
import type { Host } from '../shared/host.ts';
import { findKey } from './keys.ts';
import { problemOf } from './settings.ts';
import type { ConnectionTarget, Secret } from './target.ts';

/** A target with nothing left open that PostgreSQL must know. */
export type CompleteTarget = ConnectionTarget & { readonly user: string; readonly database: string };

type Outside = Pick<Host, 'environment' | 'userName'>;

/** Refuses a session that the DSN's own key would refuse. */
function checkSessionAttributes(value: string | undefined): void {
  const key = findKey('Target Session Attributes');
  const problem = value && key && problemOf({ key, label: 'PGTARGETSESSIONATTRS', value });
  if (problem) throw new AppError('configuration', `the environment cannot be used: ${problem}`);
}

function userOf(target: ConnectionTarget, { environment, userName }: Outside): string {
  const user = target.user ?? (environment['PGUSER'] || userName());
  if (user) return user;
  throw new AppError('configuration', 'PG_DSN names no user, and the system has no name for the current one', {
    advice: 'Add Username=… to PG_DSN.',
  });
}

/**
 * Fills in what the DSN leaves open as Npgsql does: from PGUSER, PGPASSWORD, PGPASSFILE, PGSSLCERT, PGSSLKEY,
 * PGSSLROOTCERT, PGOPTIONS, PGTZ and PGTARGETSESSIONATTRS, then the system's user name; the database is named as the user.
 * @throws AppError with exit code 3.
 */
export function completeTarget(target: ConnectionTarget, outside: Outside): CompleteTarget {
  const { environment } = outside;
  checkSessionAttributes(environment['PGTARGETSESSIONATTRS']);
  const user = userOf(target, outside);
  const password = environment['PGPASSWORD'];
  const inherited: Secret | undefined = password ? () => password : undefined;
  return {
    ...target,
    user,
    database: target.database ?? user,
    password: target.password ?? inherited,
    passfile: target.passfile ?? (environment['PGPASSFILE'] || undefined),
    options: target.options ?? (environment['PGOPTIONS'] || undefined),
    timezone: target.timezone ?? (environment['PGTZ'] || undefined),
    tls: {
      ...target.tls,
      certificate: target.tls.certificate ?? (environment['PGSSLCERT'] || undefined),
      key: target.tls.key ?? (environment['PGSSLKEY'] || undefined),
      rootCertificate: target.tls.rootCertificate ?? (environment['PGSSLROOTCERT'] || undefined),
    },
  };
}
