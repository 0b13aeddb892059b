import { type Month, startOfMonth } from '../shared/months.ts';
import { attachedRanges, type Partition } from './catalog.ts';

/** A stretch of time: `from` belongs to it, `to` does not. */
export type Span = { readonly from: number; readonly to: number };

/** The end of unbroken coverage that begins at `from`; `from` itself if no partition holds it. */
function coveredUntil(partitions: readonly Partition[], from: number): number {
  let end = from;
  for (const range of attachedRanges(partitions)) if (range.from <= end && range.to > end) end = range.to;
  return end;
}

/** The months that are not covered from their first to their last instant. Partitions of other lengths count too. */
export function missingMonths(partitions: readonly Partition[], months: readonly Month[]): Month[] {
  return months.filter((month) => coveredUntil(partitions, startOfMonth(month)) < startOfMonth(month + 1));
}

/** The holes between the first and the last attached partition. */
export function gaps(partitions: readonly Partition[]): Span[] {
  const ranges = attachedRanges(partitions);
  return ranges.flatMap((range, index) => {
    const next = ranges[index + 1];
    return next && next.from > range.to ? [{ from: range.to, to: next.from }] : [];
  });
}

/** Until when rows can be written without a gap, seen from `now`; null if there is no place for them now. */
export function runwayEnd(partitions: readonly Partition[], now: number): number | null {
  const end = coveredUntil(partitions, now);
  return end === now ? null : end;
}
