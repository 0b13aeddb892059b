import { HOLDING_SCHEMA } from '../catalog/grace.ts';
import { literal, type QualifiedName } from '../shared/sql.ts';

/** The table itself, an index or an owned sequence of it: what goes where the table goes. `kind` is `pg_class.relkind`. */
export type Part = QualifiedName & { readonly oid: number; readonly kind: string };

export type ForeignKey = {
  readonly name: string /** The table that it points to, `schema.name`. */;
  readonly references: string;
};

/** What hangs on a table that is to go. */
export type Detail = {
  readonly oid: number;
  readonly comment: string | null;
  readonly foreignKeys: readonly ForeignKey[];
  readonly parts: readonly Part[];
};

/** The holding schema, as the role sees it. */
export type Holding = {
  readonly exists: boolean;
  /** The role may create tables in it. */
  readonly isUsable: boolean;
  /** The role may make it. */
  readonly isCreatable: boolean;
  /** The names of all relations in it. */
  readonly names: readonly string[];
};

export type Details = { readonly tables: readonly Detail[]; readonly holding: Holding };

/** The table with its indexes and owned sequences. */
const PARTS = (oid: string) => `SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.oid = ${oid} OR c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = ${oid})
    OR c.relkind = 'S' AND c.oid IN (SELECT objid FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass
      AND refclassid = 'pg_catalog.pg_class'::regclass AND refobjid = ${oid} AND deptype IN ('a', 'i'))`;

/** A partitioned foreign key has a row for each table that it points to; the one without a parent on the same table is the key. */
const FOREIGN_KEYS = `SELECT coalesce(json_agg(json_build_object('name', k.conname,
    'references', format('%s.%s', fn.nspname, f.relname)) ORDER BY k.conname), '[]')
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class f ON f.oid = k.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
  LEFT JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid AND p.conrelid = k.conrelid
  WHERE k.contype = 'f' AND p.oid IS NULL AND k.conrelid = t.oid`;

const HOLDING = `to_regnamespace(${literal(HOLDING_SCHEMA)})`;

/** One row, one column `details`: the JSON text of `Details` of these tables. Looking locks none of them. */
export const detailsSql = (oids: readonly number[]): string => `SELECT json_build_object(
  'tables', (SELECT coalesce(json_agg(json_build_object('oid', t.oid::bigint, 'comment', obj_description(t.oid, 'pg_class'),
      'foreignKeys', (${FOREIGN_KEYS}),
      'parts', (SELECT coalesce(json_agg(json_build_object('oid', part.oid::bigint, 'schema', part.schema, 'name', part.name,
        'kind', part.kind) ORDER BY part.oid), '[]') FROM (${PARTS('t.oid')}) part))), '[]')
    FROM pg_catalog.pg_class t WHERE t.oid IN (${oids.join(', ')})),
  'holding', json_build_object('exists', ${HOLDING} IS NOT NULL,
    'isUsable', coalesce(has_schema_privilege(${HOLDING}, 'CREATE') AND has_schema_privilege(${HOLDING}, 'USAGE'), false),
    'isCreatable', has_database_privilege(current_database(), 'CREATE'),
    'names', (SELECT coalesce(json_agg(relname), '[]') FROM pg_catalog.pg_class WHERE relnamespace = ${HOLDING})))::text AS details`;

/** The OIDs of the parts of a table whose names the holding schema has already, in one column `oid`. */
export const takenSql = (oid: number): string => `SELECT part.oid FROM (${PARTS(`${oid}`)}) part
  WHERE part.name IN (SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = ${HOLDING})`;

/** Whether a detached table has a foreign key, in one column `found`. */
export const hasForeignKeySql = (oid: number): string =>
  `SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ${oid} AND contype = 'f') AS found`;
