import { jsonOf, type QueryResult } from '../shared/answer.ts';
import { monthOf, startOfMonth } from '../shared/months.ts';
import { literal, plainName, type QualifiedName } from '../shared/sql.ts';
import type { Partition } from './catalog.ts';
import { MARKER_BEGINNINGS, type Marker, markedBounds, readMarker } from './marker.ts';
import { BLOCKED, CONTENT, HEAP, ROW_COUNT, SIZE } from './query.ts';

/** A table that bears a set's marker, wherever it is now. */
export type MarkedTable = Pick<Partition, 'schema' | 'name' | 'oid' | 'rows' | 'bytes' | 'heapBytes' | 'hasRows'> & {
  readonly marker: Marker;
  /** The whole comment, to see later that nobody has changed it. */
  readonly comment: string;
  readonly owner: string;
  /** The role has the owner's rights. */
  readonly isOwner: boolean;
  /** `pending`: a concurrent detach of it was begun and not finished. */
  readonly state: 'attached' | 'pending' | 'detached';
  /** The table was marked itself. False for a copy that came out of a backup with its comment: nobody touches those. */
  readonly isOriginal: boolean;
};

type RawMarked = Omit<MarkedTable, 'marker' | 'isOriginal'>;

/* Comments begin with our word; whose they are is read from their JSON. */
const MARKED = `WITH blocked AS MATERIALIZED (${BLOCKED})
  SELECT coalesce(json_agg(json_build_object('oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname,
    'comment', d.description, 'owner', pg_get_userbyid(c.relowner), 'isOwner', pg_has_role(c.relowner, 'USAGE'),
    'state', CASE WHEN i.inhdetachpending THEN 'pending' WHEN i.inhrelid IS NOT NULL THEN 'attached' ELSE 'detached' END,
    'rows', ${ROW_COUNT('c')}, 'bytes', ${SIZE('c')}, 'heapBytes', ${HEAP('c')}, 'hasRows', ${CONTENT('c')})), '[]')::text AS marked
  FROM pg_catalog.pg_description d
  JOIN pg_catalog.pg_class c ON c.oid = d.objoid AND c.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
  WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objsubid = 0
    AND (${MARKER_BEGINNINGS.map((beginning) => `starts_with(d.description, ${literal(beginning)})`).join(' OR ')})`;

/** One statement, one row, one column `marked`: the JSON text that `readMarkedTables` reads. It waits for nobody. */
export const markedTablesSql: string = MARKED;

/** Reads what `markedTablesSql` selects: the tables of this set, oldest first. */
export function readMarkedTables(result: QueryResult | undefined, set: string): MarkedTable[] {
  return jsonOf<readonly RawMarked[]>(result, 'marked')
    .flatMap((table) => {
      const marker = readMarker(table.comment);
      return marker?.set === set ? [{ ...table, marker, isOriginal: marker.oid === table.oid }] : [];
    })
    .sort((a, b) => Date.parse(a.marker.to ?? '') - Date.parse(b.marker.to ?? '') || a.oid - b.oid);
}

/** The partition that it was. */
export const asPartition = ({
  oid,
  schema,
  name,
  rows,
  bytes,
  heapBytes,
  hasRows,
  marker,
}: MarkedTable): Partition => ({
  ...{ oid, schema, name, rows, bytes, heapBytes, hasRows },
  ...markedBounds(marker),
  isDefault: false,
  pending: false,
});

/** What is not a partition any more and waits for its end, or for somebody to put it back, of the tables that `readMarkedTables` found. */
export function detachedPartitions(marked: readonly MarkedTable[], table: QualifiedName): Partition[] {
  return marked
    .filter(({ state, isOriginal, marker }) => state === 'detached' && isOriginal && marker.table === plainName(table))
    .map(asPartition);
}

/** Whether rows of that time are written now or will be, in the months that ensure provides for. */
export function isInUse({ marker }: MarkedTable, now: number, monthsAhead: number): boolean {
  const { from, to } = markedBounds(marker);
  return to > startOfMonth(monthOf(now)) && from < startOfMonth(monthOf(now) + monthsAhead + 1);
}
