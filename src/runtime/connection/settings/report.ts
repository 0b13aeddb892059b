import { AppError } from '../../../errors.ts';
import { jsonOf, type QueryResult } from '../../shared/answer.ts';
import { identifier } from '../../shared/sql.ts';
import { handled } from './table.ts';

/** What `pinStatements` ask of the session; a setting that the server does not have is null. */
type Session = {
  /** Who logged in, whatever `role` says: what is set for that role is what the session has. */
  readonly user: string;
  readonly database: string;
  readonly settings: Readonly<Record<string, string | null>>;
  /** Name and `pg_settings.source` of the settings that may be refused; null if all have the only value that will do. */
  readonly sources: ReadonlyArray<readonly [string, string]> | null;
};

/**
 * Reads what `pinStatements` select, among the results of the message that they began.
 * @throws AppError with exit code 7 if a setting that the role cannot change could do harm; 4 if nothing is to be written any more.
 */
export function requireHarmless(results: readonly QueryResult[]): void {
  const pinned = results.find(({ rows: [row] }) => row && 'session' in row);
  const session = jsonOf<Session>(pinned, 'session');
  const harmful = othersThanSafe(session, 'refused');
  if (harmful.length > 0) throw refusal(session, harmful);
  const [closed] = othersThanSafe(session, 'respected');
  if (closed) throw noWrites(closed);
}

type Harmful = { readonly name: string; readonly value: string; readonly safe: string; readonly why: string };

const othersThanSafe = (session: Session, handling: 'refused' | 'respected'): Harmful[] =>
  handled(handling).flatMap(({ name, value: safe = '', why }) => {
    const value = session.settings[name] ?? safe;
    return value === safe ? [] : [{ name, value, safe, why }];
  });

function refusal(session: Session, harmful: readonly Harmful[]): AppError {
  const told = harmful.map(({ name, value, why }) => `${name} is ${value}: ${why}`).join('; ');
  const sources = new Map(session.sources);
  const mends = harmful.map((setting) => mend(session, setting, sources.get(setting.name))).join(' ');
  return new AppError(
    'refused',
    `nothing was done, as the session of ${session.user} has settings that do harm: ${told}`,
    { advice: `${mends} Until then every run ends so.` },
  );
}

const asSuperuser = (statement: string) => `As a superuser, run: ${statement};`;

/** What takes it back where it was set, by `pg_settings.source`: a RESET elsewhere would leave it as it is. */
function mend({ user, database }: Session, { name, safe }: Harmful, source: string | undefined): string {
  const [role, here] = [identifier(user), identifier(database)];
  switch (source) {
    case 'user':
      return asSuperuser(`ALTER ROLE ${role} RESET ${name}`);
    case 'database user':
      return asSuperuser(`ALTER ROLE ${role} IN DATABASE ${here} RESET ${name}`);
    case 'database':
      return asSuperuser(`ALTER DATABASE ${here} RESET ${name}`);
    case 'global':
      return asSuperuser(`ALTER ROLE ALL RESET ${name}`);
    case 'client':
      return `Take ${name} out of Options in PG_DSN.`;
    case 'session':
      return `Find out who leaves ${name} set in the sessions of the pooler.`;
    default:
      // A configuration file or the server's command line: what is set for the role counts for more.
      return `Correct ${name} in the configuration of the server. Or for this role alone: ${asSuperuser(`ALTER ROLE ${role} SET ${name} = ${safe}`)}`;
  }
}

/** As where the session begins with it, though whoever set it has done so while the run went on. */
function noWrites({ name, value }: Harmful): AppError {
  return new AppError('unreachable', `the server takes no more writes, as ${name} is ${value} now`, {
    advice:
      'Find out who set it and why: it stands in what SELECT * FROM pg_db_role_setting shows, or in the configuration of the server. The next run tries again.',
  });
}
