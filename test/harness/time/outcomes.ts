import { cutoffOf } from './calendar.ts';
import { DAY_MS, type Fault, type JobName } from './episodes.ts';
import type { Observed } from './ledger.ts';
import type { Instant } from './timers.ts';

/** How a run ended: its exit code, or the signal that ended it. */
export type Outcome = string;

/** What stands in a run's way. */
export type Circumstances = {
  readonly job: JobName;
  readonly observed: Observed;
  /** By the server's clock. */
  readonly now: Instant;
  readonly keepMonths: number;
  readonly clocksDifferByMs: number;
  readonly hasReader: boolean;
  readonly isLeftPending: boolean;
};

/** How a run must end that nothing strikes. */
export function expectedOutcome(circumstances: Circumstances): Outcome {
  const { job, observed, now, keepMonths, clocksDifferByMs, hasReader, isLeftPending } = circumstances;
  if (job === 'ensure') return '0';
  const cutoff = cutoffOf(now, keepMonths);
  const isDue = observed.tables.some(({ place, to }) => place === 'attached' && to <= cutoff);
  const hasMarked = observed.tables.some(({ isMarked }) => isMarked);
  if (Math.abs(clocksDifferByMs) > DAY_MS && (isDue || hasMarked)) return '7';
  if (isLeftPending && isDue) return '7';
  if (hasReader && isDue) return '8';
  return '0';
}

/** How it may end besides, once a fault has struck it. A run that is struck at its end, or connects again, succeeds. */
export const struckOutcomes = ({ kind }: Fault): readonly Outcome[] => (kind === 'kill' ? ['SIGKILL'] : ['4']);
