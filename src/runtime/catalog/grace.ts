import { plainName } from '../shared/sql.ts';
import type { MarkedTable } from './marked-tables.ts';
import { type Marker, markedBounds } from './marker.ts';

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

/** `graceDays` after it was marked, in milliseconds since the epoch. */
const bySpec = ({ at }: Pick<Marker, 'at'>, graceDays: number) => Date.parse(at) + graceDays * DAY_MS;

/**
 * Until when a marked table is kept once it is detached, in milliseconds since the epoch. In the holding schema that is what its
 * marker promises; a marker of 0.1.0 promises what the first run that sees it reads from its spec. A table on its way there gets
 * what the spec says now, and never less than what it was promised.
 */
export function graceEnd({ schema, marker }: Pick<MarkedTable, 'schema' | 'marker'>, graceDays: number): number {
  const now = bySpec(marker, graceDays);
  if (marker.until === undefined) return now;
  const promised = Date.parse(marker.until);
  return schema === HOLDING_SCHEMA ? promised : Math.max(promised, now);
}

/** The same for a run in which a person lets the spec decide about what is in grace already. */
export function graceEndBySpec({ marker }: Pick<MarkedTable, 'marker'>, graceDays: number): number {
  return bySpec(marker, graceDays);
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
    dropAfter: graceEnd(table, graceDays),
    isRestoring: marker.restoring !== undefined,
    rows,
    bytes,
  };
}
