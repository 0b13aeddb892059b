import { OPTIONS } from '../../options.ts';
import { attachedRanges, candidates, oidsOf, type Partition } from '../catalog/catalog.ts';
import type { Changes } from '../catalog/changes.ts';
import { type Month, monthFrom, monthOf, startOfMonth } from '../shared/months.ts';
import { listPartitions, spellInstant } from '../shared/words.ts';
import { type Limits, tripped } from './breakers.ts';

const DAY_MS = 86_400_000;

/**
 * The first months to keep, one for each transaction, in ascending order: with each of them only the oldest candidates
 * that are left go. `now` and the candidates' bounds are instants.
 */
export function steps(planned: readonly Partition[], now: number): Month[] {
  const months = planned.map(({ to }) => Math.max(monthFrom(to), monthOf(now) - OPTIONS.keepMonths.max));
  return [...new Set(months)].sort((a, b) => a - b);
}

/** What one step drops, of the partitions that are there now. */
export function membersOf(partitions: readonly Partition[], firstKept: Month): Partition[] {
  return candidates(partitions, startOfMonth(firstKept));
}

export type Rails = Limits & {
  readonly partitions: readonly Partition[];
  /** What is due. */
  readonly planned: readonly Partition[];
  /** What earlier runs have taken out of the table, or begun to, and this one drops without a promised grace. */
  readonly unpromised: readonly Partition[];
  /** The database's time, in milliseconds since the epoch. */
  readonly now: number;
};

/** Why nothing may be dropped, each reason a sentence's end; empty if the plan is sane. */
export function objections({ partitions, planned, unpromised, now, ...limits }: Rails): string[] {
  const going = [...planned, ...unpromised];
  if (going.length === 0) return [];
  const newest = attachedRanges(partitions).reduce<Partition | undefined>(
    (last, range) => (last === undefined || range.to > last.to ? range : last),
    undefined,
  );
  const known = oidsOf(partitions);
  const all = [...partitions, ...unpromised.filter(({ oid }) => !known.has(oid))];
  return [
    ...(newest && planned.includes(newest)
      ? [`${listPartitions([newest])} is the newest partition, which is never dropped`]
      : []),
    ...tripped(going, all, now, limits),
  ];
}

/** A wrong clock makes every partition old. Both are instants. */
export function clockObjections(now: number, hostNow: number): string[] {
  if (Math.abs(hostNow - now) <= DAY_MS) return [];
  return [
    `the clocks of this host (${spellInstant(hostNow)}) and of the database (${spellInstant(now)}) differ by more than a day`,
  ];
}

/** Why the changes of a retention call must not be kept; empty if nothing went but what was planned. */
export function faultsOfRetention({ added, removed, altered }: Changes, planned: readonly Partition[]): string[] {
  const oids = oidsOf(planned);
  const unplanned = removed.filter(({ oid }) => !oids.has(oid));
  return [
    ...(unplanned.length > 0 ? [`it dropped ${listPartitions(unplanned)}, which was not planned`] : []),
    ...(altered.length > 0 ? [`it altered ${listPartitions(altered)}`] : []),
    ...(added.length > 0 ? [`it created ${listPartitions(added)}`] : []),
  ];
}
