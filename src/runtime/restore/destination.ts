import { earlierName, freeName } from '../catalog/free-name.ts';
import { isPartOfTable, renameSql, setSchemaSql } from '../shared/ddl.ts';
import { literal, type QualifiedName, qualified } from '../shared/sql.ts';

/** The table with its indexes and owned sequences, which move with it. */
type Movable = { readonly oid: number; readonly name: string; readonly kind: string };

/** The schema that the table goes to, and the names in it that are not free. */
export type DestinationSchema = {
  readonly exists: boolean;
  /** The role may create tables in it. */
  readonly usable: boolean;
  readonly movables: readonly Movable[];
  readonly taken: readonly string[];
};

/** One row, one column `destination`: the JSON text of a `DestinationSchema`. A name that ends in the OID was another one before it was moved. */
export function destinationSql(oid: number, destination: QualifiedName): string {
  const schema = `to_regnamespace(quote_ident(${literal(destination.schema)}))`;
  return `WITH movable AS (SELECT c.oid, c.relname, c.relkind FROM pg_catalog.pg_class c
  WHERE c.oid = ${oid} OR c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = ${oid})
    OR c.relkind = 'S' AND c.oid IN (SELECT objid FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass
      AND refclassid = 'pg_catalog.pg_class'::regclass AND refobjid = ${oid} AND deptype IN ('a', 'i')))
SELECT json_build_object('exists', ${schema} IS NOT NULL,
  'usable', coalesce(has_schema_privilege(${schema}, 'CREATE') AND has_schema_privilege(${schema}, 'USAGE'), false),
  'movables', (SELECT coalesce(json_agg(json_build_object('oid', oid::bigint, 'name', relname, 'kind', relkind) ORDER BY oid), '[]') FROM movable),
  'taken', (SELECT coalesce(json_agg(o.relname), '[]') FROM pg_catalog.pg_class o
    WHERE o.relnamespace = ${schema} AND o.oid NOT IN (SELECT oid FROM movable)
      AND (o.relname = ${literal(destination.name)} OR EXISTS (SELECT FROM movable m
        WHERE o.relname IN (m.relname, regexp_replace(m.relname, '_' || m.oid || '$', ''))))))::text AS destination`;
}

/**
 * The statements that give a table its place and name back, and its indexes and sequences theirs. A name that somebody else has
 * by now is left with the OID behind it, so that nothing stands in the way but the table's own name.
 */
export function moveStatements(
  current: QualifiedName,
  destination: QualifiedName,
  { movables, taken }: DestinationSchema,
): string[] {
  if (qualified(current) === qualified(destination)) return [];
  const parts = movables.filter(({ kind }) => isPartOfTable(kind));
  const rename = (schema: string, { kind, name }: Movable, to: string) => renameSql(kind, { schema, name }, to);
  const freed = parts
    .filter(({ name }) => taken.includes(name))
    .map((part) => rename(current.schema, part, freeName(part.name, part.oid)));
  const back = parts
    .filter((part) => earlierName(part) !== part.name && !taken.includes(earlierName(part)))
    .map((part) => rename(destination.schema, part, earlierName(part)));
  const arrived = { schema: destination.schema, name: current.name };
  return [
    ...freed,
    ...(current.schema === destination.schema ? [] : [setSchemaSql(current, destination.schema)]),
    ...(current.name === destination.name ? [] : [renameSql('r', arrived, destination.name)]),
    ...back,
  ];
}
