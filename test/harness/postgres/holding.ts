import type pg from 'pg';
import { firstOfMonth } from '../jobs/jobs.ts';
import { insertRow, PARENT } from '../jobs/partitions.ts';
import { OWNER } from '../jobs/scanner.ts';
import type { Database } from './database.ts';

/** Runs `use` while a transaction of this role has read the table, and so holds a lock on it. `end` ends it before. */
export async function whileReading<Result>(
  database: Database,
  use: (end: () => Promise<void>) => Promise<Result>,
  { role = OWNER, table = PARENT }: { role?: string; table?: string } = {},
): Promise<Result> {
  return database.connect(async (client) => {
    await client.query(`set application_name = 'a long report'; begin; select count(*) from ${table}`);
    return use(async () => {
      await client.query('commit');
    });
  }, role);
}

/**
 * Inserts rows of the current month one after the other. Each must be done before the next is begun, so what waits for somebody who
 * stays never comes to its end.
 */
export async function insertRows(database: Database, count: number): Promise<void> {
  await database.connect(async (writer: pg.Client) => {
    for (let row = 0; row < count; row += 1) await insertRow(writer, `${firstOfMonth(0)} 12:00+00`, `insert ${row}`);
  });
}

/** Matches while a detach is between its two phases. */
export const PENDING = 'select from pg_inherits where inhdetachpending';

/** Matches when the backends of a run that is gone have noticed it, and given their locks back. */
export const ALONE = `select where not exists (select from pg_stat_activity
  where datname = current_database() and application_name like 'hotlookup%')`;

/** What a run must never leave: a pending detach, or a detached table that nothing identifies. */
export async function leftovers(database: Database): Promise<string[]> {
  const rows = await database.query<{ what: string }>(
    `select 'pending ' || inhrelid::regclass as what from pg_inherits where inhdetachpending
     union all select 'unmarked ' || c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname in ('scanner', 'hotlookup_grace') and c.relname like 'artifact_boms_2%' and not c.relispartition
         and coalesce(obj_description(c.oid, 'pg_class'), '') not like 'hotlookup marker {%'`,
  );
  return rows.map(({ what }) => what);
}

/** The comment of a table, wherever it is. */
export async function commentOf(database: Database, table: string): Promise<string | null> {
  const [row] = await database.query<{ comment: string | null }>(
    `select obj_description(to_regclass('${table}'), 'pg_class') as comment`,
  );
  return row?.comment ?? null;
}

/** Makes the clock of what is in grace go on, by setting its marker back. */
export const setBack = (database: Database, days: number) =>
  database.query(`do $$ declare t record; begin
    for t in select objoid::regclass as name, substr(description, 18)::jsonb as old
      from pg_description where classoid = 'pg_class'::regclass and description like 'hotlookup marker {%' loop
      execute format('comment on table %s is %L', t.name, 'hotlookup marker ' || (t.old || jsonb_build_object(
        'at', (t.old->>'at')::timestamptz - interval '${days} days',
        'until', (t.old->>'until')::timestamptz - interval '${days} days'))::text);
    end loop; end $$`);
