import { OPTIONS } from '../../options.ts';
import type { Partition } from '../catalog/catalog.ts';
import type { Changes } from '../catalog/changes.ts';
import { type Month, monthOf, monthsFrom, startOfMonth } from '../shared/months.ts';
import { listPartitions } from '../shared/words.ts';

function isWholeMonth({ isDefault, pending, from, to }: Partition): boolean {
  if (isDefault || pending || !Number.isFinite(from)) return false;
  return from === startOfMonth(monthOf(from)) && to === startOfMonth(monthOf(from) + 1);
}

/**
 * The months that must exist after a run, by the database's time; both times are instants. The host's clock decides when a run is
 * due, and where it is in a later month already, the database's month is about to end: a job that runs once a month would come too late
 * for the month after. One more month is wanted then, and never more than one, however wrong the host's clock is; nor more than functions
 * take.
 */
export function wantedMonths(now: number, hostNow: number, monthsAhead: number): Month[] {
  const isAhead = monthOf(hostNow) > monthOf(now) && monthsAhead < OPTIONS.monthsAhead.max;
  return monthsFrom(now, isAhead ? monthsAhead + 1 : monthsAhead);
}

/**
 * Why the changes of an ensure call must not be kept; empty if they may: it may only have added whole UTC months that
 * were asked for.
 */
export function faultsOfEnsure({ added, removed, altered }: Changes, wanted: readonly Month[]): string[] {
  const odd = added.filter((partition) => !isWholeMonth(partition));
  const unwanted = added.filter((partition) => isWholeMonth(partition) && !wanted.includes(monthOf(partition.from)));
  return [
    ...(removed.length > 0 ? [`it removed ${listPartitions(removed)}`] : []),
    ...(altered.length > 0 ? [`it altered ${listPartitions(altered)}`] : []),
    ...(odd.length > 0 ? [`it created ${listPartitions(odd)}, which is not one whole month in UTC`] : []),
    ...(unwanted.length > 0 ? [`it created ${listPartitions(unwanted)}, which was not asked for`] : []),
  ];
}
