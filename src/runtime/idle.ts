import type { Partition } from './catalog.ts';
import { type Month, monthFrom, monthName, monthOf } from './months.ts';

/** So many whole months without rows, directly before the newest month with rows, are more than a quiet season. */
const LONGEST_QUIET = 1;

/**
 * What the partitions say about the clocks: where ingest has stopped, or goes on only after a gap, the present may be another one
 * than the clocks of host and database say, and "old" is then a mistake. Gives why nothing may be dropped, a sentence's end;
 * undefined if nothing is suspicious. What cannot be known, as of a foreign table or one that somebody holds exclusively, counts as
 * filled. `now` is the database's time, in milliseconds since the epoch.
 */
export function idleObjection(partitions: readonly Partition[], now: number): string | undefined {
  const filled = partitions.filter(({ isDefault, hasRows }) => !isDefault && hasRows !== false);
  const current = monthOf(now);
  const newest = newestUpTo(filled, current);
  if (newest === undefined) return undefined;
  if (newest < current - LONGEST_QUIET)
    return `the last month with rows is ${monthName(newest)}, and the clocks say ${monthName(current)}; ${MENDING}`;
  const earlier = newestUpTo(filled, newest - 1);
  if (earlier === undefined || newest - earlier - 1 <= LONGEST_QUIET) return undefined;
  return `between ${monthName(newest)} and the last month with rows before it, ${monthName(earlier)}, lie ${newest - earlier - 1} months without rows; ${MENDING}`;
}

const MENDING =
  'if the clocks of host and database are right, --allow-idle lets this one run go on, and retention.idle: true in the spec is for a table that is idle on purpose';

/** The newest month, up to the last one that counts, of which a filled partition holds a part; undefined if there is none. */
function newestUpTo(filled: readonly Partition[], last: Month): Month | undefined {
  const months = filled.filter(({ from }) => monthOf(from) <= last).map(({ to }) => Math.min(monthFrom(to) - 1, last));
  const newest = Math.max(...months);
  return Number.isFinite(newest) ? newest : undefined;
}
