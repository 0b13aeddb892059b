import { literal, type QualifiedName } from '../shared/sql.ts';

export type Column = {
  readonly name: string;
  /** As `format_type` prints it, with its modifier. */
  readonly type: string;
  readonly collation: string | null;
  readonly notNull: boolean;
  /** `pg_attribute.attidentity` and `attgenerated`: empty if it is neither. */
  readonly identity: string;
  readonly generated: string;
  /** What it is generated from; null if it is not. */
  readonly expression: string | null;
};

/** `definition` is without NOT VALID, which `isValid` says. */
export type Constraint = { readonly name: string; readonly definition: string; readonly isValid: boolean };

type ForeignKey = Constraint & { readonly references: string };

export type Index = {
  readonly name: string;
  readonly isUnique: boolean;
  readonly isValid: boolean;
  /** Everything that ATTACH compares, as text. */
  readonly shape: string;
  /** Of the constraint that it is for: p primary key, u unique, x exclusion. */
  readonly constraint: { readonly type: string; readonly definition: string } | null;
  /** What stands in CREATE INDEX behind the table's name; null of an index that is not the partitioned table's. */
  readonly tail: string | null;
};

/** A table as restore compares it with another. */
export type Relation = QualifiedName & {
  readonly oid: number;
  readonly kind: string;
  readonly persistence: string;
  readonly isTyped: boolean;
  readonly owner: string;
  readonly isOwner: boolean;
  /** Tables that it inherits from, and those that inherit from it: `schema.name`. */
  readonly parents: readonly string[];
  readonly children: readonly string[];
  readonly columns: readonly Column[];
  readonly checks: readonly Constraint[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly indexes: readonly Index[];
  /** Those that people have made. `clones`: ATTACH gives a copy of it to each partition. */
  readonly triggers: ReadonlyArray<{
    readonly name: string;
    readonly clones: boolean;
    readonly hasTransition: boolean;
  }>;
  readonly isAnalyzed: boolean;
  readonly bytes: number | null;
};

const COLUMNS = `SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
    'collation', CASE WHEN a.attcollation <> 0 THEN a.attcollation::regcollation::text END,
    'notNull', a.attnotnull AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k
      WHERE k.conrelid = c.oid AND k.contype = 'n' AND NOT k.convalidated AND k.conkey[1] = a.attnum),
    'identity', a.attidentity, 'generated', a.attgenerated,
    'expression', CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END) ORDER BY a.attnum), '[]')
  FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped`;

const DEFINITION = `regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', '')`;

const CHECKS = `SELECT coalesce(json_agg(json_build_object('name', k.conname, 'definition', ${DEFINITION},
    'isValid', k.convalidated) ORDER BY k.conname), '[]')
  FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c'`;

/** A partitioned foreign key has a row for each partition that it points to, too; those have a parent. */
const FOREIGN_KEYS = `SELECT coalesce(json_agg(json_build_object('name', k.conname, 'definition', ${DEFINITION},
    'isValid', k.convalidated, 'references', format('%s.%s', fn.nspname, f.relname)) ORDER BY k.conname), '[]')
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class f ON f.oid = k.confrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
  WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0`;

/*
 * What CompareIndexInfo() of PostgreSQL looks at, and a constraint of the same type. Names of columns stand for their numbers,
 * which differ between tables. NULLS NOT DISTINCT is younger than 14, so it is read by its name.
 */
const SHAPE = `json_build_array(m.amname, i.indisunique, to_json(i)->>'indnullsnotdistinct', i.indnkeyatts, k.contype, k.conexclop::text,
    k.condeferrable, k.condeferred,
    (SELECT json_agg(pg_get_indexdef(i.indexrelid, n, false) ORDER BY n) FROM generate_series(1, i.indnatts::int) n),
    i.indcollation::text,
    (SELECT json_agg(o.opcfamily::text ORDER BY u.place) FROM unnest(i.indclass::oid[]) WITH ORDINALITY u (class, place)
      JOIN pg_catalog.pg_opclass o ON o.oid = u.class),
    pg_get_expr(i.indpred, i.indrelid))::text`;

const PREFIX = `format('CREATE %sINDEX %I ON ONLY %I.%I ', CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, x.relname, s.nspname, c.relname)`;

const INDEXES = `SELECT coalesce(json_agg(json_build_object('name', x.relname, 'isUnique', i.indisunique, 'isValid', i.indisvalid AND i.indisready,
    'shape', ${SHAPE},
    'constraint', CASE WHEN k.oid IS NOT NULL THEN json_build_object('type', k.contype, 'definition', pg_get_constraintdef(k.oid)) END,
    'tail', CASE WHEN starts_with(pg_get_indexdef(i.indexrelid), ${PREFIX})
      THEN substr(pg_get_indexdef(i.indexrelid), length(${PREFIX}) + 1) END) ORDER BY x.relname), '[]')
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid JOIN pg_catalog.pg_am m ON m.oid = x.relam
  LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')
  WHERE i.indrelid = c.oid`;

const TRIGGERS = `SELECT coalesce(json_agg(json_build_object('name', t.tgname, 'clones', t.tgtype & 1 = 1,
    'hasTransition', t.tgnewtable IS NOT NULL OR t.tgoldtable IS NOT NULL) ORDER BY t.tgname), '[]')
  FROM pg_catalog.pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal`;

const KIN = (wanted: string, known: string) => `SELECT coalesce(json_agg(format('%s.%s', kn.nspname, kc.relname)), '[]')
  FROM pg_catalog.pg_inherits h JOIN pg_catalog.pg_class kc ON kc.oid = h.${wanted}
  JOIN pg_catalog.pg_namespace kn ON kn.oid = kc.relnamespace WHERE h.${known} = c.oid`;

/** One row, one column `relation`: the JSON text of a `Relation`. Read it with nothing but pg_catalog in the search path. */
export function relationSql(table: QualifiedName): string {
  return `SELECT json_build_object('oid', c.oid::bigint, 'schema', s.nspname, 'name', c.relname, 'kind', c.relkind,
    'persistence', c.relpersistence, 'isTyped', c.reloftype <> 0,
    'owner', pg_get_userbyid(c.relowner), 'isOwner', pg_has_role(c.relowner, 'USAGE'),
    'parents', (${KIN('inhparent', 'inhrelid')}), 'children', (${KIN('inhrelid', 'inhparent')}),
    'columns', (${COLUMNS}), 'checks', (${CHECKS}), 'foreignKeys', (${FOREIGN_KEYS}), 'indexes', (${INDEXES}),
    'triggers', (${TRIGGERS}),
    'isAnalyzed', EXISTS (SELECT FROM pg_catalog.pg_stats z WHERE z.schemaname = s.nspname AND z.tablename = c.relname),
    'bytes', CASE WHEN c.relkind = 'r' THEN pg_total_relation_size(c.oid) END)::text AS relation
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace
  WHERE s.nspname = ${literal(table.schema)} AND c.relname = ${literal(table.name)}`;
}
