import { monthOf, startOfMonth } from './months.ts';

/** Rows of each of the 15 months, oldest first; the last month is the current one. */
const ROWS = [142, 168, 205, 187, 231, 264, 258, 297, 343, 326, 368, 405, 391, 437, 214];

/** The role that the demo's jobs log in as: it may call the two functions and nothing else. */
export const JOB_ROLE = 'hotlookup';

/** Statements that leave 15 months of rows, up to `now`, in a table that the migration made, and no partition after them. */
export function fillScene(table: string, now: Date): string {
  const months = ROWS.map((rows, index) => ({ start: startOfMonth(now, index - ROWS.length + 1), rows }));
  return [
    `create role ${JOB_ROLE} login in role hotlookup_maintenance;`,
    `drop table if exists ${partitionOf(table, startOfMonth(now, 1))};`,
    ...months.slice(0, -1).map(({ start }) => createPartition(table, start)),
    ...months.map(({ start, rows }, index) => insertRows(table, start, rows, index)),
    `analyze ${table};`,
    // What this transaction inserted reaches the statistics at its end, and not a second later.
    'select pg_stat_force_next_flush();',
  ].join('\n');
}

/** One more row, dated at `instant`. */
export function insertAt(table: string, instant: Date): string {
  return `insert into ${table} (build_id, canonical_bom_sha256, payload_digest, inserted_at)
values ('build-early', repeat('0', 64), 'sha256:' || repeat('0', 64), '${timestamp(instant)}')`;
}

/** The partitions and their exact numbers of rows, oldest first. */
export function selectPartitions(table: string): string {
  return `
select relname as name, bound[1]::timestamptz as "from", bound[2]::timestamptz as "to", coalesce(rows, 0) as rows
from pg_inherits
join pg_class on pg_class.oid = inhrelid
cross join lateral regexp_match(pg_get_expr(relpartbound, inhrelid), $$FROM \\('(.+)'\\) TO \\('(.+)'\\)$$) as bound
left join (select tableoid, count(*)::int as rows from ${table} group by tableoid) as counted on tableoid = inhrelid
where inhparent = '${table}'::regclass
order by 2`;
}

function partitionOf(table: string, start: Date): string {
  return `${table}_${monthOf(start).replace('-', '_')}`;
}

function createPartition(table: string, start: Date): string {
  const partition = partitionOf(table, start);
  return `create table ${partition} (like ${table} including all);
alter table ${table} attach partition ${partition}
  for values from ('${timestamp(start)}') to ('${timestamp(startOfMonth(start, 1))}');`;
}

/**
 * Spreads the rows over the month, or over the part of it that has passed. Their keys do not depend on the date, so that
 * the indexes have the same sizes in every run.
 */
function insertRows(table: string, start: Date, rows: number, index: number): string {
  const id = `'${index}-' || n`;
  return `insert into ${table} (build_id, canonical_bom_sha256, payload_digest, inserted_at, canonical_bom)
select 'build ' || ${id}, encode(sha256((${id})::bytea), 'hex'), 'sha256:' || encode(sha256((${id})::bytea), 'hex'),
  span.start + (least(span.stop, now()) - span.start) * ((n - 1) / ${rows}.0),
  jsonb_build_object('bomFormat', 'CycloneDX', 'components',
    jsonb_build_array(jsonb_build_object('purl', 'pkg:npm/library-' || n % 97 || '@1.' || n % 7)))
from generate_series(1, ${rows}) as n,
  (select timestamptz '${timestamp(start)}' as start, timestamptz '${timestamp(startOfMonth(start, 1))}' as stop) as span;`;
}

/** With its zone, because a bare timestamp would be read in the session's. */
function timestamp(instant: Date): string {
  return `${instant.toISOString().slice(0, 19).replace('T', ' ')}+00`;
}
