import { type Month, monthName, monthOf } from '../shared/months.ts';
import type { Partition } from './catalog.ts';

/** So many whole months without rows, directly before the newest month with rows, are more than a quiet season. */
const LONGEST_QUIET = 1;

/** Months of other time zones begin up to so much before or after those of UTC. */
const ZONE_MS = 86_400_000;

/** A stretch of time and whether it has rows; null if that cannot be known. */
export type Content = Pick<Partition, 'from' | 'to' | 'isDefault' | 'hasRows'>;

/**
 * What the partitions say about the clocks: where ingest has stopped, or goes on only after a gap, the present may be another one
 * than the clocks of host and database say, and "old" is then a mistake. Gives why nothing may be dropped, a sentence's end;
 * undefined if nothing is suspicious. What cannot be known, as of a foreign table or one that somebody holds exclusively, counts as
 * filled. `contents` has what is detached, too, while it waits for its end; `now` is the database's time, in milliseconds since the epoch.
 */
export function idleObjection(contents: readonly Content[], now: number): string | undefined {
  const filled = contents.filter(({ isDefault, hasRows }) => !isDefault && hasRows !== false).map(monthsOf);
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

type Span = { readonly first: Month; readonly last: Month };

/** The months that a stretch of time is about: one of a day of theirs or less, as of another time zone, is not among them. */
function monthsOf({ from, to }: Content): Span {
  const edge = Math.min(ZONE_MS, (to - from) / 2);
  return { first: monthOf(from + edge), last: monthOf(to - edge) };
}

/** The newest month, up to the last one that counts, of which a filled partition holds a part; undefined if there is none. */
function newestUpTo(filled: readonly Span[], last: Month): Month | undefined {
  const newest = Math.max(...filled.filter((span) => span.first <= last).map((span) => Math.min(span.last, last)));
  return Number.isFinite(newest) ? newest : undefined;
}
