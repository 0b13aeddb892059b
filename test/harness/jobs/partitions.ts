import type pg from 'pg';
import type { Database } from '../postgres/database.ts';

export const PARENT = 'scanner.artifact_boms';
export const ENSURE = 'scanner.ensure_artifact_boms_future_partitions';
export const DROP_OLD = 'scanner.drop_artifact_boms_partitions_older_than';

type Queryable = Pick<pg.Client, 'query'>;

/** `name from to` of each attached partition, oldest first, in UTC: `artifact_boms_2026_01 2026-01-01 00:00:00+00 2026-…`. */
export async function partitionsOf(database: Database, parent = PARENT): Promise<string[]> {
  return database.connect(async (client) => {
    await client.query(`set timezone = 'UTC'; set datestyle = 'ISO'`);
    const { rows } = await client.query<{ line: string }>(
      `select concat_ws(' ', relname, bound[1], bound[2]) as line
         from pg_inherits join pg_class on pg_class.oid = inhrelid,
              regexp_match(pg_get_expr(relpartbound, 0), $$FROM [(]'?([^')]*)'?[)] TO [(]'?([^')]*)'?[)]$$) as bound
        where inhparent = $1::regclass order by relname`,
      [parent],
    );
    return rows.map(({ line }) => line);
  });
}

/** What the ensure function returned, a line for each month: `action from to`, instants cut to their minutes. */
export async function ensure(client: Queryable, monthsAhead: number): Promise<string[]> {
  const { rows } = await client.query(`select * from ${ENSURE}($1)`, [monthsAhead]);
  return rows.map(
    ({ action, lower_bound, upper_bound }) => `${action} ${minutes(lower_bound)} ${minutes(upper_bound)}`,
  );
}

/** What the retention function returned: `action partition`. */
export async function dropOld(client: Queryable, keepMonths: number, dryRun: boolean | null): Promise<string[]> {
  const { rows } = await client.query(`select * from ${DROP_OLD}($1, $2)`, [keepMonths, dryRun]);
  return rows.map(({ action, partition_name }) => `${action} ${partition_name}`);
}

const minutes = (instant: Date) => instant.toISOString().slice(0, 16);

/** One row that belongs into the partition of this instant. */
export const insertRow = (client: Queryable, instant: string, buildId = 'build') =>
  client.query(
    `insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at) values ($1, 'sha256', 'digest', $2)`,
    [buildId, instant],
  );
