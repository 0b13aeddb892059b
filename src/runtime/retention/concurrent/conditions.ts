import { type Catalog, candidates, type Partition } from '../../catalog/catalog.ts';
import { jsonOf, type QueryResult } from '../../shared/answer.ts';
import { literal, type QualifiedName } from '../../shared/sql.ts';

/** A foreign key of another table (or of this one) that points to the partitioned table or to one of its partitions. */
type Reference = { readonly constraint: string; readonly from: string; readonly to: string };

/** What decides whether, and how, partitions can be detached concurrently. Names are as the catalog has them. */
export type DetachConditions = {
  readonly user: string;
  /** The server process that answers is the one that logged the client in: no pooler stands between. */
  readonly isDirect: boolean;
  /** OID of the partitioned table. */
  readonly tableOid: number;
  /** Owner of the partitioned table. */
  readonly owner: string;
  readonly isOwner: boolean;
  /** Candidates of an owner whose rights the role does not have. */
  readonly foreignOwned: ReadonlyArray<QualifiedName & { readonly owner: string }>;
  /** Candidates that are foreign tables. */
  readonly unfit: readonly QualifiedName[];
  readonly fallback: Partition | undefined;
  readonly references: readonly Reference[];
};

type RawConditions = {
  readonly pid: number;
  readonly table: number;
  readonly owner: string;
  readonly isOwner: boolean;
  readonly relations: ReadonlyArray<{ oid: number; owner: string; isOwner: boolean; kind: string }>;
  readonly references: readonly Reference[];
};

/*
 * A partitioned foreign key has a row for each pair of tables; the one without a parent is the one that a person made.
 * Nothing here opens a table, so it waits for nobody.
 */
export function conditionsSql(table: QualifiedName): string {
  return `WITH parent AS (SELECT c.oid FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ${literal(table.schema)} AND c.relname = ${literal(table.name)}),
part AS (SELECT i.inhrelid AS oid FROM pg_catalog.pg_inherits i JOIN parent ON i.inhparent = parent.oid),
family AS (SELECT oid FROM parent UNION ALL SELECT oid FROM part)
SELECT json_build_object(
  'pid', pg_backend_pid(),
  'table', c.oid::bigint,
  'owner', pg_get_userbyid(c.relowner),
  'isOwner', pg_has_role(c.relowner, 'USAGE'),
  'relations', (SELECT coalesce(json_agg(json_build_object('oid', p.oid::bigint, 'kind', p.relkind,
      'owner', pg_get_userbyid(p.relowner), 'isOwner', pg_has_role(p.relowner, 'USAGE'))), '[]')
    FROM part JOIN pg_catalog.pg_class p ON p.oid = part.oid),
  'references', (SELECT coalesce(json_agg(json_build_object('constraint', k.conname,
      'from', format('%s.%s', fn.nspname, f.relname), 'to', format('%s.%s', tn.nspname, t.relname))), '[]')
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class f ON f.oid = k.conrelid JOIN pg_catalog.pg_namespace fn ON fn.oid = f.relnamespace
    JOIN pg_catalog.pg_class t ON t.oid = k.confrelid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace
    WHERE k.contype = 'f' AND k.conparentid = 0 AND k.confrelid IN (SELECT oid FROM family))
)::text AS conditions FROM parent JOIN pg_catalog.pg_class c ON c.oid = parent.oid`;
}

/** Reads what `conditionsSql` selects. `loginPid` is the process that the server named on login. */
export function readConditions(
  result: QueryResult | undefined,
  catalog: Catalog,
  cutoff: number,
  loginPid: number | undefined,
): DetachConditions {
  const raw = jsonOf<RawConditions>(result, 'conditions');
  const relations = new Map(raw.relations.map((relation) => [relation.oid, relation]));
  const due = candidates(catalog.partitions, cutoff);
  return {
    user: catalog.user,
    isDirect: raw.pid === loginPid,
    tableOid: raw.table,
    owner: raw.owner,
    isOwner: raw.isOwner,
    foreignOwned: due.flatMap(({ oid, schema, name }) => {
      const relation = relations.get(oid);
      return relation && !relation.isOwner ? [{ schema, name, owner: relation.owner }] : [];
    }),
    unfit: due.filter(({ oid }) => relations.get(oid)?.kind === 'f'),
    fallback: catalog.partitions.find(({ isDefault }) => isDefault),
    references: raw.references,
  };
}
