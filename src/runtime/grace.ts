import type { MarkedTable } from './marked-tables.ts';
import { type Marker, markedBounds } from './marker.ts';
import { plainName } from './sql.ts';

/** Where detached partitions wait for the end of their grace. */
export const HOLDING_SCHEMA = 'hotlookup_grace';

const DAY_MS = 86_400_000;

/** A partition that is detached and not dropped yet. Instants are milliseconds since the epoch. */
export type GraceEntry = {
  readonly oid: number;
  readonly set: string;
  /** What it was called when it was a partition, `schema.name`. */
  readonly partition: string;
  /** What it is called now, `schema.name`. */
  readonly heldAs: string;
  /** ±Infinity without end. */
  readonly from: number;
  readonly to: number;
  /** When it was taken out of the table. */
  readonly at: number;
  /** A retention run at this time or later drops it. */
  readonly dropAfter: number;
  /** A restore of it was begun and not finished: no retention drops it. */
  readonly isRestoring: boolean;
  /** Estimate; null if there is none. */
  readonly rows: number | null;
  readonly bytes: number | null;
};

/** From when on a marked table may be dropped, in milliseconds since the epoch. */
export function dropAfter({ at }: Pick<Marker, 'at'>, graceDays: number): number {
  return Date.parse(at) + graceDays * DAY_MS;
}

/** What is in grace of the tables that `readMarkedTables` found. */
export function graceEntries(marked: readonly MarkedTable[], graceDays: number): GraceEntry[] {
  return marked
    .filter(({ state, isOriginal }) => state === 'detached' && isOriginal)
    .map((table) => graceEntry(table, graceDays));
}

function graceEntry(table: MarkedTable, graceDays: number): GraceEntry {
  const { marker, rows, bytes } = table;
  return {
    oid: table.oid,
    set: marker.set,
    partition: marker.partition,
    heldAs: plainName(table),
    ...markedBounds(marker),
    at: Date.parse(marker.at),
    dropAfter: dropAfter(marker, graceDays),
    isRestoring: marker.restoring !== undefined,
    rows,
    bytes,
  };
}
