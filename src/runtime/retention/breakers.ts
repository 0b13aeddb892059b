import { formatSizeAtLeast } from '../../size.ts';
import { attachedRanges, type Partition } from '../catalog/catalog.ts';
import type { Breakers } from '../command/settings.ts';
import { monthFrom } from '../shared/months.ts';
import { count, listPartitions, spellBytes } from '../shared/words.ts';

/** A vacuum between the refused run and the allowed one adds the maps of free space and of visibility. */
const ROOM_TO_GROW = 1.1;

/**
 * What may go in one run: as the spec says, and as a person has allowed for this run alone. What a run detaches counts; a
 * table whose grace is over does not, as it counted when it was detached, and would ask for the same permission again.
 */
export type Limits = {
  readonly breakers: Breakers;
  /** How many partitions; stands in for both the share and the number. */
  readonly allowDrops: number | undefined;
  readonly allowDropBytes: number | undefined;
};

/**
 * Why so much may not go in one run, and the option that allows it; empty if it may.
 * @param planned what is to go.
 * @param all every partition; of the months ahead, which are empty, none counts towards a share.
 * @param now the database's time, in milliseconds since the epoch.
 */
export function tripped(
  planned: readonly Partition[],
  all: readonly Partition[],
  now: number,
  limits: Limits,
): string[] {
  const begun = [...new Set([...attachedRanges(all).filter(({ from }) => from <= now), ...planned])];
  return [...trippedByCount(planned, begun, limits), ...trippedBySize(planned, limits)];
}

function trippedByCount(planned: readonly Partition[], begun: readonly Partition[], limits: Limits): string[] {
  const { breakers, allowDrops } = limits;
  const much = `${planned.length} of ${count(begun.length, 'partition')} that have begun would go in one run`;
  const leave = allowing(`--allow-drops ${planned.length}`);
  if (allowDrops !== undefined)
    return planned.length > allowDrops ? [`${much}, more than --allow-drops ${allowDrops}; ${leave}`] : [];
  const { maxDropShare, maxDrops } = breakers;
  // A set that keeps one month drops one month each month: one partition, or thirty of a day each.
  const isOneMonth = planned.length <= 1 || new Set(planned.map(({ to }) => monthFrom(to))).size === 1;
  const isPast = !isOneMonth && planned.length * 100 > begun.length * maxDropShare;
  const exceeded = [
    ...(isPast ? [`maxDropShare (${maxDropShare} %)`] : []),
    ...(maxDrops !== undefined && planned.length > maxDrops ? [`maxDrops (${maxDrops})`] : []),
  ];
  if (exceeded.length > 0) return [`${much}, more than ${exceeded.join(' and ')}; ${leave}`];
  return isOneMonth ? [] : trippedByContent(planned, begun, maxDropShare).map((why) => `${why}; ${leave}`);
}

const CONTENT = [
  { field: 'rows', of: 'all rows, as estimated,' },
  { field: 'heapBytes', of: 'all bytes without indexes' },
] as const;

/**
 * How much of what is there would go: of the rows, where each partition has an estimate of them; else of the bytes without indexes. If
 * neither is known of all, what stays counts as nothing, as the share may not look smaller than it is.
 */
function trippedByContent(planned: readonly Partition[], begun: readonly Partition[], maxDropShare: number): string[] {
  const measured =
    CONTENT.find(({ field }) => begun.every((partition) => partition[field] !== null)) ??
    CONTENT.find(({ field }) => planned.every((partition) => partition[field] !== null));
  const limit = `maxDropShare (${maxDropShare} %)`;
  if (!measured) {
    const unknown = planned.filter(({ rows, heapBytes }) => rows === null || heapBytes === null);
    return [`the contents of ${listPartitions(unknown)} cannot be measured, so ${limit} cannot be checked`];
  }
  const sum = (some: readonly Partition[]) => some.reduce((total, one) => total + (one[measured.field] ?? 0), 0);
  const [part, whole] = [sum(planned), sum(begun)];
  if (part * 100 <= whole * maxDropShare) return [];
  return [`${Math.round((part / whole) * 100)} % of ${measured.of} would go in one run, more than ${limit}`];
}

/** A size that cannot be measured now might be any, so it trips the breaker, and no option helps. */
function trippedBySize(planned: readonly Partition[], { breakers, allowDropBytes }: Limits): string[] {
  const limit = allowDropBytes ?? breakers.maxDropBytes;
  if (limit === undefined) return [];
  const name = `${allowDropBytes === undefined ? 'maxDropBytes' : '--allow-drop-bytes'} (${spellBytes(limit)})`;
  const unknown = planned.filter(({ bytes }) => bytes === null);
  if (unknown.length > 0)
    return [
      `the size of ${listPartitions(unknown)} cannot be measured while another session holds an exclusive lock on it, so ${name} cannot be checked; run it again when that session has ended`,
    ];
  const bytes = planned.reduce((sum, partition) => sum + (partition.bytes ?? 0), 0);
  if (bytes <= limit) return [];
  const option = `--allow-drop-bytes ${formatSizeAtLeast(bytes * ROOM_TO_GROW)}`;
  return [`${spellBytes(bytes)} would go in one run, more than ${name}; ${allowing(option)}`];
}

const allowing = (option: string): string => `if it is really to go, ${option} allows it for one run`;
