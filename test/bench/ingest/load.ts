import { setTimeout as sleep } from 'node:timers/promises';

/** Times in milliseconds. */
export type LoadResult = {
  /** From the moment that an insert was due to the moment that it was done; of each insert. */
  readonly latencies: number[];
  /** How late the load itself was at worst, where the insert before had been done in time. */
  latestSend: number;
  /** Messages of inserts that failed. */
  readonly failures: string[];
};

/** When the inserts of one client are due: the first at `startsAt`, then each `intervalMs` later; none from `endsAt()` on. */
export type Schedule = {
  readonly startsAt: number;
  readonly intervalMs: number;
  readonly endsAt: () => number;
};

/**
 * Sends one client's inserts when they are due, whatever became of those before. One that is due while the last is still
 * waiting is sent late, and the time that it was late counts: a stall hits all who would have come during it, not only the
 * one that happened to be on its way.
 */
export async function insertWhenDue(
  { startsAt, intervalMs, endsAt }: Schedule,
  insert: (row: number) => Promise<unknown>,
  result: LoadResult,
): Promise<void> {
  for (let row = 0; ; row += 1) {
    const due = startsAt + row * intervalMs;
    if (due >= endsAt()) return;
    const early = due - performance.now();
    if (early > 0) {
      await sleep(Math.ceil(early));
      if (due >= endsAt()) return;
      result.latestSend = Math.max(result.latestSend, performance.now() - due);
    }
    try {
      await insert(row);
    } catch (error) {
      result.failures.push(error instanceof Error ? error.message : String(error));
    }
    result.latencies.push(performance.now() - due);
  }
}
