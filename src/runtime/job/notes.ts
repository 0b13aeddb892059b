import { type Catalog, oidsOf } from '../catalog/catalog.ts';
import { graceEntries } from '../catalog/grace.ts';
import type { MarkedTable } from '../catalog/marked-tables.ts';
import type { LockWaits } from '../locking/retry.ts';
import type { TableOutcomes } from './outcomes.ts';
import type { Action } from './report.ts';

/** What a run learns and does, noted as it goes: a run that fails later has learnt and done it all the same. */
export type Notes = {
  readonly waits: LockWaits;
  /** The partitions as they were seen last, and the database's time then; undefined until they are seen. */
  seen: Pick<Catalog, 'now' | 'partitions'> | undefined;
  /** Whether months without rows made retention suspect the clocks; undefined until it has looked. */
  isIdle: boolean | undefined;
  /** How many partitions ensure has created. */
  created: number;
  /** OIDs of the partitions that retention found; undefined until it has looked. */
  attached: ReadonlySet<number> | undefined;
  /** OIDs of the tables that earlier runs of retention have detached. */
  inGraceBefore: ReadonlySet<number>;
  /** What retention has done to tables, by OID. */
  readonly outcomes: TableOutcomes;
};

export const newNotes = (): Notes => ({
  waits: { count: 0 },
  seen: undefined,
  isIdle: undefined,
  created: 0,
  attached: undefined,
  inGraceBefore: new Set(),
  outcomes: new Map(),
});

/** Notes what retention finds before it does anything; `idle` is why the clocks are suspected. */
export function noteStart(
  notes: Notes,
  catalog: Catalog,
  marked: readonly MarkedTable[],
  idle: string | undefined,
): void {
  notes.seen = catalog;
  notes.isIdle = idle !== undefined;
  notes.attached = oidsOf(catalog.partitions);
  notes.inGraceBefore = new Set(graceEntries(marked, 0).map(({ oid }) => oid));
}

/** What is known of a run once it has ended; undefined is what it did not learn. */
export type Learnt = {
  readonly lockWaits: number;
  readonly created: number;
  /** A table that is detached in one run and dropped in a later one counts once as detached and once as dropped. */
  readonly detached: number;
  readonly dropped: number;
  /** How many tables are detached and not dropped. */
  readonly inGrace: number | undefined;
  readonly seen: Pick<Catalog, 'now' | 'partitions'> | undefined;
  readonly isIdle: boolean | undefined;
};

export function learntFrom({ waits, seen, isIdle, created, attached, inGraceBefore, outcomes }: Notes): Learnt {
  const by = (...actions: readonly Action[]) =>
    [...outcomes].filter(([, { action }]) => actions.includes(action)).map(([oid]) => oid);
  const dropped = by('dropped');
  const detached = by('detached', 'finalized');
  const gone = new Set([...dropped, ...detached]);
  return {
    lockWaits: waits.count,
    created,
    detached: detached.filter((oid) => attached?.has(oid)).length,
    dropped: dropped.length,
    inGrace: attached && new Set([...inGraceBefore, ...detached].filter((oid) => !dropped.includes(oid))).size,
    isIdle,
    // A run that lost its connection could not look again.
    seen: seen && { now: seen.now, partitions: seen.partitions.filter(({ oid }) => !gone.has(oid)) },
  };
}
