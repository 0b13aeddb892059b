import { cutoffOf, type Month, monthName, monthOf, startOfMonth } from './calendar.ts';
import { DAY_MS } from './episodes.ts';
import type { Instant } from './timers.ts';

/** One table that is, or was, a partition. */
export type ObservedTable = {
  readonly name: string;
  readonly place: 'attached' | 'pending' | 'detached';
  /** Bears the marker of retention. */
  readonly isMarked: boolean;
  /** Bounds while it is attached; NaN otherwise. */
  readonly from: Instant;
  readonly to: Instant;
  /** Rows by their own month. */
  readonly rows: ReadonlyMap<Month, number>;
};

export type Observed = {
  readonly tables: readonly ObservedTable[];
  /** Rows that a reader of the partitioned table sees. */
  readonly visible: number;
};

/** What is known of a month's rows: how many were acknowledged, and when (by the server) they first were out of the table. */
type Entry = { readonly inserted: number; readonly outAt: Instant | undefined; readonly isGone: boolean };

export type Ledger = ReadonlyMap<Month, Entry>;

/** What must hold now. */
export type Expectation = {
  /** By the server's clock. */
  readonly now: Instant;
  readonly keepMonths: number;
  readonly graceDays: number;
  /** A retention run has just succeeded: nothing may be left that it should have taken. */
  readonly isTidy: boolean;
};

/** Between a run's marker and the look after that run. */
const LATER_MS = 60_000;

const NEW: Entry = { inserted: 0, outAt: undefined, isGone: false };

export function acknowledge(ledger: Ledger, month: Month): Ledger {
  const entry = ledger.get(month) ?? NEW;
  return new Map(ledger).set(month, { ...entry, inserted: entry.inserted + 1 });
}

/** The ledger with what was seen, and everything that must not be. */
export function compareWith(
  ledger: Ledger,
  observed: Observed,
  expected: Expectation,
): { readonly ledger: Ledger; readonly faults: readonly string[] } {
  const seen = [...ledger].map(([month, entry]) => ({ month, ...judgeMonth(month, entry, observed, expected) }));
  return {
    ledger: new Map(seen.map(({ month, entry }) => [month, entry])),
    faults: [...seen.flatMap(({ faults }) => faults), ...faultsOfTables(observed, expected)],
  };
}

/** The run that ends a grace may have begun a moment before the grace was over; the one after it must have ended it. */
const endOfGrace = (outAt: Instant, graceDays: number) =>
  graceDays === 0 ? outAt : outAt + graceDays * DAY_MS + LATER_MS;

const rowsOf = ({ rows }: ObservedTable, month: Month) => rows.get(month) ?? 0;

/** Whether the table is out for good or for its grace: what somebody else left pending is neither. */
const isOut = ({ place, isMarked }: ObservedTable) => place === 'detached' || (place === 'pending' && isMarked);

function judgeMonth(
  month: Month,
  entry: Entry,
  { tables }: Observed,
  { now, keepMonths, graceDays, isTidy }: Expectation,
): { readonly entry: Entry; readonly faults: string[] } {
  const holders = tables.filter((table) => rowsOf(table, month) > 0);
  const found = holders.reduce((sum, table) => sum + rowsOf(table, month), 0);
  const name = monthName(month);
  const isBeyond = startOfMonth(month + 1) <= cutoffOf(now, keepMonths);
  const [holder] = holders;
  if (!holder) {
    if (entry.isGone) return { entry, faults: [] };
    const outAt = entry.outAt ?? (graceDays === 0 ? now : Number.POSITIVE_INFINITY);
    const isEarly = now + LATER_MS < outAt + graceDays * DAY_MS;
    const why = !isBeyond ? 'it is within the window' : isEarly ? 'its grace is not over' : undefined;
    const faults = why === undefined ? [] : [`${entry.inserted} rows of ${name} are lost: ${why}`];
    return { entry: { ...entry, outAt, isGone: true }, faults };
  }
  const outAt = holders.some(isOut) ? (entry.outAt ?? now) : undefined;
  const isNew = outAt !== undefined && entry.outAt === undefined;
  const isOverdue = isTidy && outAt !== undefined && isBeyond && now >= endOfGrace(outAt, graceDays);
  const places = holders.map(({ name: table, place }) => `${place} ${table}`).join(', ');
  return {
    entry: { ...entry, outAt },
    faults: [
      ...(entry.isGone ? [`rows of ${name} are back: ${places}`] : []),
      ...(found === entry.inserted ? [] : [`${name} has ${found} of ${entry.inserted} rows in ${places}`]),
      ...(isNew && !isBeyond ? [`${name} was taken out of the table within the window: ${places}`] : []),
      ...(isOverdue ? [`${name} is kept beyond its grace: ${places}`] : []),
    ],
  };
}

function faultsOfTables({ tables, visible }: Observed, { now, keepMonths, isTidy }: Expectation): string[] {
  const attached = tables.filter(({ place }) => place === 'attached');
  const stored = attached.flatMap(({ rows }) => [...rows.values()]).reduce((sum, count) => sum + count, 0);
  const cutoff = cutoffOf(now, keepMonths);
  return [
    ...(visible === stored ? [] : [`a reader sees ${visible} of ${stored} attached rows`]),
    ...attached.flatMap(({ name, from, to, rows }) => [
      ...(from === startOfMonth(monthOf(from)) && to === startOfMonth(monthOf(from) + 1)
        ? []
        : [`${name} is no month`]),
      ...[...rows.keys()].filter((month) => month !== monthOf(from)).map((month) => `${name} has ${monthName(month)}`),
      ...(isTidy && to <= cutoff ? [`${name} is kept beyond the window`] : []),
    ]),
    ...tables
      .filter(({ place, isMarked }) => place === 'detached' && !isMarked)
      .map(({ name }) => `nothing tells what the detached ${name} is`),
    ...(isTidy
      ? tables
          .filter(({ place, isMarked }) => isMarked && place !== 'detached')
          .map(({ name, place }) => `a successful retention left ${name} marked and ${place}`)
      : []),
  ];
}

/** The months from the current one on that have no partition. */
export function uncovered({ tables }: Observed, now: Instant, monthsAhead: number): Month[] {
  const attached = new Set(tables.filter(({ place }) => place === 'attached').map(({ from }) => monthOf(from)));
  return Array.from({ length: monthsAhead + 1 }, (_, ahead) => monthOf(now) + ahead).filter(
    (month) => !attached.has(month),
  );
}
