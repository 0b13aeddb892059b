import type { Database } from '../../harness/postgres/database.ts';
import type { Outcome } from './figures.ts';

/** The pg_partman that the server could make an extension of, or the variant as it is told without one. */
export async function partmanVersion(
  database: Database,
): Promise<{ readonly version: string } | (Outcome & { readonly skipped: string })> {
  const [row] = await database.query<{ version: string }>(
    `select default_version as version from pg_available_extensions where name = 'pg_partman'`,
  );
  if (row) return row;
  return {
    name: 'pg_partman',
    what: 'pg_partman, `run_maintenance`',
    skipped: 'the server has no pg_partman; `npm run test:setup` installs it for the server that Debian ships',
  };
}
