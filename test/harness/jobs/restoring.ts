import type { Database } from '../postgres/database.ts';
import { type HelperRequest, runHelper, startHelper } from './helper.ts';
import { addMonths, firstOfMonth, partitionName } from './jobs.ts';
import { PARENT } from './partitions.ts';
import { OWNER } from './scanner.ts';

export const GRACE = '--grace-days 3';
/** The month that retention takes first, with the default of twelve months to keep. */
export const OLDEST = -13;
export const monthText = (offset: number) => firstOfMonth(offset).slice(0, 7);
export const heldName = (offset: number) => partitionName(offset).replace('scanner.', 'hotlookup_grace.');

/** Gives the table all that ATTACH brings along: a foreign key, a CHECK, a trigger. */
export async function furnish(database: Database): Promise<void> {
  await database.query(`create table scanner.payloads (digest text primary key); insert into scanner.payloads values ('digest');
    alter table scanner.payloads owner to ${OWNER}`);
  await database.connect(
    (owner) =>
      owner.query(`alter table ${PARENT} add foreign key (payload_digest) references scanner.payloads,
          add constraint scored check (evidence_score >= 0);
        create function scanner.touch() returns trigger language plpgsql as 'begin return new; end';
        create trigger touched before insert on ${PARENT} for each row execute function scanner.touch()`),
    OWNER,
  );
}

/** A table from the oldest month on, of which retention has then put the oldest into grace. */
export async function putIntoGrace(database: Database, rows = 3): Promise<void> {
  await database.query(`create schema if not exists hotlookup_grace authorization ${OWNER}`);
  await addMonths(database, OLDEST, -1, rows);
  await takeOldest(database);
}

export async function takeOldest(database: Database): Promise<void> {
  const { exitCode, stderr } = await startHelper(database, { options: `${GRACE} --idle` });
  if (exitCode !== 0) throw new Error(`retention failed: ${stderr}`);
}

/** Runs restore; it must print a report. */
export const runRestore = (database: Database, args: readonly string[] = [], request: HelperRequest = {}) =>
  runHelper(database, { options: GRACE, args: ['restore', monthText(OLDEST), ...args], ...request });

/**
 * Everything that the catalog says of a table, but OIDs: lines that can be compared. Of keys not whether they are local and inherited,
 * which PostgreSQL leaves as it is when it adopts one.
 */
export async function catalogOf(database: Database, table: string): Promise<string[]> {
  const rows = await database.query<{ line: string }>(
    `with t as (select c.*, n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = $1::regclass)
    select concat_ws(' ', 'table', nspname, relname, relowner::regrole, relacl, reloptions, relpersistence, pg_get_expr(relpartbound, oid),
      obj_description(oid, 'pg_class')) as line from t
    union all select concat_ws(' ', 'column', attnum, attname, format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attinhcount, attislocal,
      pg_get_expr(adbin, adrelid)) from t join pg_attribute on attrelid = t.oid and attnum > 0
      left join pg_attrdef on adrelid = t.oid and adnum = attnum
    union all select concat_ws(' ', 'constraint', conname, pg_get_constraintdef(k.oid), convalidated, coninhcount,
      contype in ('c', 'n') and conislocal, contype in ('c', 'n') and connoinherit, conparentid <> 0)
      from t join pg_constraint k on conrelid = t.oid
    union all select concat_ws(' ', 'index', pg_get_indexdef(indexrelid), indisvalid, inhparent::regclass)
      from t join pg_index on indrelid = t.oid left join pg_inherits on inhrelid = indexrelid
    union all select concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid)) from t join pg_trigger g on tgrelid = t.oid where not tgisinternal
    order by 1`,
    [table],
  );
  return rows.map(({ line }) => line);
}
