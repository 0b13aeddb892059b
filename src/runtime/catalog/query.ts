import { literal, type QualifiedName } from '../shared/sql.ts';

/*
 * The catalog in one statement that waits for nobody: pg_get_expr without a relation opens none, and a size is measured
 * only where no session holds or awaits ACCESS EXCLUSIVE. Regular expressions use [(] for a parenthesis, because a
 * backslash means something else where standard_conforming_strings is off. It reads bounds right only under
 * DateStyle ISO and TimeZone UTC.
 */

export const INSTANT = (
  bound: string,
) => `CASE ${bound} WHEN 'MINVALUE' THEN '-Infinity' WHEN 'MAXVALUE' THEN 'Infinity'
    ELSE extract(epoch FROM btrim(${bound}, '''')::timestamptz) * 1000 END`;

const PARENT = ({ schema, name }: QualifiedName) => `
  SELECT c.oid, c.relkind, p.partstrat, p.partnatts, format_type(a.atttypid, NULL) AS key_type,
    p.partstrat = 'r' AND p.partnatts = 1
      AND a.atttypid IN ('timestamptz'::regtype, 'timestamp'::regtype, 'date'::regtype) AS fits
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = c.oid
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
  WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(name)}`;

/** The relations, in one array, that another session holds or awaits ACCESS EXCLUSIVE on: opening one would wait. */
export const BLOCKED: string = `
  SELECT array_agg(l.relation) AS oids
  FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_database d ON d.oid = l.database
  WHERE d.datname = current_database() AND l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock'
    AND l.pid <> pg_backend_pid()`;

const OWN_SIZE = (table: string) => `CASE WHEN NOT EXISTS (SELECT FROM blocked WHERE ${table}.oid = ANY (blocked.oids))
      AND NOT EXISTS (SELECT FROM blocked, pg_catalog.pg_index x
        WHERE x.indrelid = ${table}.oid AND x.indexrelid = ANY (blocked.oids))
      THEN pg_total_relation_size(${table}.oid) END`;

/** The table itself and all that is below it; pg_partition_tree() would lock them. */
const TREE = (table: string) => `WITH RECURSIVE tree AS (SELECT ${table}.oid
      UNION ALL SELECT h.inhrelid FROM tree JOIN pg_catalog.pg_inherits h ON h.inhparent = tree.oid)`;

/**
 * The size of a row `table` of pg_class, beside a CTE `blocked` of `BLOCKED`: NULL if a part of it cannot be measured now. A
 * table that is partitioned itself is empty: what it holds is below it.
 */
export const SIZE = (table: string): string => `CASE ${table}.relkind WHEN 'p'
    THEN (${TREE(table)} SELECT CASE WHEN bool_and(part.bytes IS NOT NULL) THEN sum(part.bytes) END
      FROM (SELECT ${OWN_SIZE('tree')} AS bytes FROM tree) part)
    ELSE ${OWN_SIZE(table)} END`;

const OF_LEAVES = (table: string, aggregate: string) => `(${TREE(table)} SELECT ${aggregate}
      FROM tree JOIN pg_catalog.pg_class leaf ON leaf.oid = tree.oid AND leaf.relkind <> 'p')`;

const ALL_OF_LEAVES = (table: string, own: (leaf: string) => string) =>
  OF_LEAVES(table, `CASE WHEN bool_and(${own('leaf')} IS NOT NULL) THEN sum(${own('leaf')}) END`);

/** Whether the rows were counted since the statistics began, which a crash makes begin anew. */
const IS_COUNTED = (table: string) => `num_nonnulls(pg_stat_get_last_vacuum_time(${table}.oid),
      pg_stat_get_last_autovacuum_time(${table}.oid), pg_stat_get_last_analyze_time(${table}.oid),
      pg_stat_get_last_autoanalyze_time(${table}.oid)) > 0`;

/** Statistics that have not counted know only what came and went since they began; pg_class has the count before that. */
const OWN_ROWS = (table: string) => `CASE WHEN ${IS_COUNTED(table)} THEN pg_stat_get_live_tuples(${table}.oid)
      ELSE nullif(greatest(nullif(pg_stat_get_live_tuples(${table}.oid), 0), ${table}.reltuples::bigint), -1) END`;

/** The statistics' estimate of how many rows are in a row `table` of pg_class, and below it; NULL if a part has none. */
export const ROW_COUNT = (table: string): string => `CASE ${table}.relkind WHEN 'p'
    THEN ${ALL_OF_LEAVES(table, OWN_ROWS)}
    ELSE ${OWN_ROWS(table)} END`;

/** Whether a leaf can be measured now, and is one that has a heap. */
const HAS_HEAP = (table: string) => `${table}.relkind <> 'f'
      AND NOT EXISTS (SELECT FROM blocked WHERE ${table}.oid = ANY (blocked.oids))`;

/** The table's own file, without indexes and TOAST; NULL if it cannot be measured now. */
const OWN_HEAP = (table: string) => `CASE WHEN ${HAS_HEAP(table)} THEN pg_relation_size(${table}.oid) END`;

const BLOCKS = (table: string) => `pg_relation_size(${table}.oid) / current_setting('block_size')::bigint`;

/**
 * Whether a leaf has rows, as far as any role may know: a heap without a block has none, nor has one whose rows are all gone by the
 * statistics, or were when it was last vacuumed. Statistics that a crash has reset know nothing of the rows before it: they are believed if
 * they have counted since, or have seen as many rows come as there are blocks. Else it counts as filled. NULL if it cannot be known.
 */
const OWN_CONTENT = (table: string) => `CASE WHEN ${HAS_HEAP(table)} THEN pg_relation_size(${table}.oid) > 0
      AND NOT (pg_stat_get_live_tuples(${table}.oid) = 0
        AND (${IS_COUNTED(table)} OR pg_stat_get_tuples_inserted(${table}.oid) >= ${BLOCKS(table)}
          OR ${table}.reltuples = 0 AND ${table}.relpages >= ${BLOCKS(table)})) END`;

/** The heap of a row `table` of pg_class, and of all below it, beside a CTE `blocked` of `BLOCKED`; NULL if a part cannot be measured now. */
export const HEAP = (table: string): string => `CASE ${table}.relkind WHEN 'p'
    THEN ${ALL_OF_LEAVES(table, OWN_HEAP)}
    ELSE ${OWN_HEAP(table)} END`;

/** Whether there are rows in it, or below it; NULL if that cannot be known. */
export const CONTENT = (table: string): string => `CASE ${table}.relkind WHEN 'p'
    THEN ${OF_LEAVES(table, `coalesce(bool_or(${OWN_CONTENT('leaf')}), count(*) > 0 AND NULL)`)}
    ELSE ${OWN_CONTENT(table)} END`;

/** Sizes are left out where nobody asks for them: a cold backend needs longer for them than for all else. */
export type Measured = 'sizes' | 'no sizes';

/* `OFFSET 0` and MATERIALIZED keep a bound from being read again for each place that it is used in. */
const PARTITIONS = (measured: Measured) => `
  SELECT c.oid, n.nspname, c.relname, i.inhdetachpending, b.bound = 'DEFAULT' AS is_default,
    regexp_match(b.bound, '^FOR VALUES FROM [(](.*)[)] TO [(](.*)[)]$') AS ends,
    ${ROW_COUNT('c')} AS row_count,
    ${measured === 'sizes' ? SIZE('c') : 'NULL'} AS bytes,
    ${measured === 'sizes' ? HEAP('c') : 'NULL'} AS heap_bytes, ${measured === 'sizes' ? CONTENT('c') : 'NULL'} AS has_rows
  FROM parent
  JOIN pg_catalog.pg_inherits i ON i.inhparent = parent.oid AND parent.fits
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, 0) AS bound OFFSET 0) b`;

const FUNCTIONS = ({ schema, name }: QualifiedName) => `
  SELECT n.nspname, has_schema_privilege(n.oid, 'USAGE') AS usable,
    coalesce((SELECT json_agg(json_build_object('kind', p.prokind, 'arguments', oidvectortypes(p.proargtypes),
        'executable', has_function_privilege(p.oid, 'EXECUTE')))
      FROM pg_catalog.pg_proc p WHERE p.pronamespace = n.oid AND p.proname = ${literal(name)}), '[]') AS overloads
  FROM pg_catalog.pg_namespace n WHERE n.nspname = ${literal(schema)}`;

/** One statement, one row, one column `catalog`: the JSON text that `readCatalog` reads. */
export function catalogSql(table: QualifiedName, routine: QualifiedName | undefined, measured: Measured): string {
  const schema = routine ? `(SELECT json_build_object('usable', usable, 'overloads', overloads) FROM routine)` : 'NULL';
  return `WITH parent AS (${PARENT(table)}),
${measured === 'sizes' ? `blocked AS MATERIALIZED (${BLOCKED}),` : ''}
part AS MATERIALIZED (${PARTITIONS(measured)}),
routine AS (${FUNCTIONS(routine ?? { schema: '', name: '' })})
SELECT json_build_object(
  'now', extract(epoch FROM now()) * 1000,
  'user', current_user,
  'settings', json_build_object('role', current_setting('role'), 'default_tablespace', current_setting('default_tablespace'),
    'default_table_access_method', current_setting('default_table_access_method')),
  'parent', (SELECT json_build_object('kind', relkind, 'strategy', partstrat, 'keys', partnatts, 'keyType', key_type,
    'fits', coalesce(fits, false)) FROM parent),
  'routineSchema', ${schema},
  'partitions', (SELECT coalesce(json_agg(json_build_object('oid', oid::bigint, 'schema', nspname, 'name', relname,
    'isDefault', is_default, 'pending', inhdetachpending, 'rows', row_count, 'bytes', bytes, 'heapBytes', heap_bytes, 'hasRows', has_rows,
    'from', ${INSTANT('ends[1]')}, 'to', ${INSTANT('ends[2]')})), '[]') FROM part)
)::text AS catalog`;
}
