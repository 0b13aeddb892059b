import type { Span } from '../catalog/coverage.ts';
import { literal, type QualifiedName, qualified } from '../shared/sql.ts';

/** The partition key, and what the bounds look like in SQL. */
export type Key = {
  readonly name: string;
  /** The CHECK that PostgreSQL makes of the bounds: the definition as the catalog has it. */
  readonly check: string;
};

/** What stands behind `FOR VALUES`. */
export const boundsSql = ({ from, to }: Span): string => `FROM (${boundSql(from)}) TO (${boundSql(to)})`;

/** A bound, explicitly of UTC; a column without time zone ignores that. */
function boundSql(instant: number): string {
  if (instant === Number.POSITIVE_INFINITY) return 'MAXVALUE';
  if (instant === Number.NEGATIVE_INFINITY) return 'MINVALUE';
  return `'${new Date(instant)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.000Z$|Z$/, '')}+00'`;
}

/** One row: `name` and `check` of the key. The server itself spells the values, as it does in the catalog. */
export function keySql(table: QualifiedName, { from, to }: Span): string {
  const limit = (operator: string, instant: number) =>
    Number.isFinite(instant)
      ? ` || format(' AND (%I ${operator} %L::%s)', a.attname, CASE a.atttypid
          WHEN 'date'::regtype THEN (${boundSql(instant)}::date)::text
          WHEN 'timestamp'::regtype THEN (${boundSql(instant)}::timestamp)::text
          ELSE (${boundSql(instant)}::timestamptz)::text END, format_type(a.atttypid, a.atttypmod))`
      : '';
  return `SELECT a.attname AS name, 'CHECK ((' || format('(%I IS NOT NULL)', a.attname)${limit('>=', from)}${limit('<', to)} || '))' AS check
  FROM pg_catalog.pg_partitioned_table p JOIN pg_catalog.pg_class c ON c.oid = p.partrelid
  JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
  WHERE s.nspname = ${literal(table.schema)} AND c.relname = ${literal(table.name)}`;
}

/** What the rows of a table say about its bounds. Counts are exact. */
export type Rows = {
  readonly rows: number;
  /** With no partition key. */
  readonly nulls: number;
  readonly outside: number;
  /** Days of the first and the last row that lies outside; null if there is none. */
  readonly first: string | null;
  readonly last: string | null;
};

const insideSql = (column: string, { from, to }: Span) =>
  [
    ...(Number.isFinite(from) ? [`${column} >= ${boundSql(from)}`] : []),
    ...(Number.isFinite(to) ? [`${column} < ${boundSql(to)}`] : []),
  ].join(' AND ') || `${column} IS NOT NULL`;

/** One scan under ACCESS SHARE, which no writer waits for. `column` is quoted. One row, one column `rows`. */
export function rowsSql(table: QualifiedName, column: string, span: Span): string {
  const inside = insideSql(column, span);
  const day = (which: string) => `to_char(${which}(${column}) FILTER (WHERE NOT (${inside})), 'YYYY-MM-DD')`;
  return `SELECT json_build_object('rows', count(*), 'nulls', count(*) FILTER (WHERE ${column} IS NULL),
    'outside', count(*) FILTER (WHERE NOT (${inside})), 'first', ${day('min')}, 'last', ${day('max')})::text AS rows
  FROM ONLY ${qualified(table)}`;
}

/** How many rows a table, its partitions included, has in a stretch of time. One column `rows`. */
export function countSql(table: QualifiedName, column: string, span: Span): string {
  return `SELECT count(*) AS rows FROM ${qualified(table)} WHERE ${insideSql(column, span)}`;
}
