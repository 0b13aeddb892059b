import { formatSizeAtLeast } from '../size.ts';
import type { Partition } from './catalog.ts';
import type { Breakers } from './settings.ts';
import { count, listPartitions, spellBytes } from './spell.ts';

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
  const begun = all.filter(({ isDefault, from }) => !isDefault && from <= now);
  return [...trippedByCount(planned, begun, limits), ...trippedBySize(planned, limits)];
}

function trippedByCount(planned: readonly Partition[], begun: readonly Partition[], limits: Limits): string[] {
  const { breakers, allowDrops } = limits;
  const much = `${planned.length} of ${count(begun.length, 'partition')} that have begun would go in one run`;
  const leave = allowing(`--allow-drops ${planned.length}`);
  if (allowDrops !== undefined)
    return planned.length > allowDrops ? [`${much}, more than --allow-drops ${allowDrops}; ${leave}`] : [];
  const { maxDropShare, maxDrops } = breakers;
  const isPast = planned.length > 1 && planned.length * 100 > begun.length * maxDropShare;
  const exceeded = [
    ...(isPast ? [`maxDropShare (${maxDropShare} %)`] : []),
    ...(maxDrops !== undefined && planned.length > maxDrops ? [`maxDrops (${maxDrops})`] : []),
  ];
  if (exceeded.length > 0) return [`${much}, more than ${exceeded.join(' and ')}; ${leave}`];
  const share = shareOf(planned, begun);
  if (planned.length <= 1 || share === undefined || share.part * 100 <= share.whole * maxDropShare) return [];
  const percent = Math.round((share.part / share.whole) * 100);
  return [`${percent} % of ${share.of} would go in one run, more than maxDropShare (${maxDropShare} %); ${leave}`];
}

type Share = { readonly part: number; readonly whole: number; readonly of: string };

/** How much of what is there would go: of the rows, where each partition has an estimate of them; else of the bytes without indexes. */
function shareOf(planned: readonly Partition[], begun: readonly Partition[]): Share | undefined {
  const all = [...new Set([...begun, ...planned])];
  const add = (some: readonly Partition[], field: 'rows' | 'heapBytes') =>
    some.reduce((sum, partition) => sum + (partition[field] ?? 0), 0);
  for (const [field, of] of [
    ['rows', 'all rows, as estimated,'],
    ['heapBytes', 'all bytes without indexes'],
  ] as const)
    if (all.every((partition) => partition[field] !== null))
      return { part: add(planned, field), whole: add(all, field), of };
  return undefined;
}

/** A size that cannot be measured now might be any, so it trips the breaker, and no option helps. */
function trippedBySize(planned: readonly Partition[], { breakers, allowDropBytes }: Limits): string[] {
  const limit = allowDropBytes ?? breakers.maxDropBytes;
  if (limit === undefined) return [];
  const name = `${allowDropBytes === undefined ? 'maxDropBytes' : '--allow-drop-bytes'} (${spellBytes(limit)})`;
  const unknown = planned.filter(({ bytes }) => bytes === null);
  if (unknown.length > 0)
    return [
      `nobody can measure ${listPartitions(unknown)} while another session holds it exclusively, and ${name} is a limit`,
    ];
  const bytes = planned.reduce((sum, partition) => sum + (partition.bytes ?? 0), 0);
  if (bytes <= limit) return [];
  const option = `--allow-drop-bytes ${formatSizeAtLeast(bytes * ROOM_TO_GROW)}`;
  return [`${spellBytes(bytes)} would go in one run, more than ${name}; ${allowing(option)}`];
}

const allowing = (option: string): string => `if it is really to go, ${option} allows it for one run`;
