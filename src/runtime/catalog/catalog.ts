import { jsonOf, type QueryResult } from '../shared/answer.ts';
import type { QualifiedName } from '../shared/sql.ts';

/** One partition as the catalog has it. Bounds are instants: `from` belongs to it, `to` does not. */
export type Partition = QualifiedName & {
  readonly oid: number;
  /** Milliseconds since the epoch; ±Infinity without end. Both are NaN for a DEFAULT partition. */
  readonly from: number;
  readonly to: number;
  readonly isDefault: boolean;
  /** A concurrent detach of it was begun and not finished: the parent no longer shows its rows. */
  readonly pending: boolean;
  /** The statistics' estimate; null if there is none. */
  readonly rows: number | null;
  /** With indexes and TOAST; null if it was not asked for, or while somebody holds it exclusively. */
  readonly bytes: number | null;
  /** The rows alone; null as `bytes`, and of a foreign table. */
  readonly heapBytes: number | null;
  /** Whether there are any, as far as any role may know; null as `heapBytes`. */
  readonly hasRows: boolean | null;
};

export type Overload = {
  /** `pg_proc.prokind`: f function, p procedure, a aggregate, w window function. */
  readonly kind: string;
  /** Types as `oidvectortypes` prints them, such as `integer, boolean`. */
  readonly arguments: string;
  readonly executable: boolean;
};

export type Parent = {
  readonly kind: string;
  readonly strategy: string | null;
  readonly keys: number | null;
  readonly keyType: string | null;
  /** Partitioned by range of one column that is a timestamptz, timestamp or date. */
  readonly fits: boolean;
};

export type Catalog = {
  /** `now()` of the transaction that read it, in milliseconds since the epoch. */
  readonly now: number;
  readonly user: string;
  /** What role, database or PG_DSN ask for on purpose, and what the helper never changes. */
  readonly settings: Readonly<Record<'role' | 'default_tablespace' | 'default_table_access_method', string>>;
  readonly parent: Parent | null;
  /** Null if the function's schema does not exist, or no function was asked for. */
  readonly routineSchema: { readonly usable: boolean; readonly overloads: readonly Overload[] } | null;
  /** By lower bound; a DEFAULT partition comes last. */
  readonly partitions: readonly Partition[];
};

type Ends = { readonly from: number | string | null; readonly to: number | string | null };
type RawCatalog = Omit<Catalog, 'partitions'> & {
  readonly partitions: ReadonlyArray<Omit<Partition, 'from' | 'to'> & Ends>;
};

const LAST_DATE = 8.64e15;

/** JSON has no infinity, so PostgreSQL writes it as text; a date that JavaScript cannot tell is as good as infinite. */
export function instant(end: number | string | null): number {
  if (end === null) return Number.NaN;
  const value = Number(end);
  return Math.abs(value) > LAST_DATE ? Math.sign(value) * Number.POSITIVE_INFINITY : value;
}

/** Reads what `catalogSql` selects. */
export function readCatalog(result: QueryResult | undefined): Catalog {
  const raw = jsonOf<RawCatalog>(result, 'catalog');
  const partitions = raw.partitions.map((partition) => ({
    ...partition,
    from: instant(partition.from),
    to: instant(partition.to),
  }));
  return { ...raw, partitions: partitions.sort(byBounds) };
}

/** Order on a time line; a DEFAULT partition comes last. */
function byBounds(a: Partition, b: Partition): number {
  if (a.isDefault || b.isDefault) return Number(a.isDefault) - Number(b.isDefault);
  return a.from === b.from ? 0 : a.from - b.from;
}

/** What tells partitions apart, whatever becomes of their names and bounds. */
export function oidsOf(partitions: readonly Partition[]): Set<number> {
  return new Set(partitions.map(({ oid }) => oid));
}

/** The partitions that hold a stretch of time and are whole: neither DEFAULT nor on their way out. */
export function attachedRanges(partitions: readonly Partition[]): Partition[] {
  return partitions.filter(({ isDefault, pending }) => !isDefault && !pending);
}

/** Partitions that end at or before the cutoff, oldest first. One that straddles it is kept; so is DEFAULT, always. */
export function candidates(partitions: readonly Partition[], cutoff: number): Partition[] {
  return attachedRanges(partitions).filter(({ to }) => to <= cutoff);
}
