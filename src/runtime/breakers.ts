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
 * @param all how many partitions there are, DEFAULT and those on their way out among them.
 */
export function tripped(planned: readonly Partition[], all: number, limits: Limits): string[] {
  return [...trippedByCount(planned.length, all, limits), ...trippedBySize(planned, limits)];
}

function trippedByCount(planned: number, all: number, { breakers, allowDrops }: Limits): string[] {
  const { maxDropShare, maxDrops } = breakers;
  const whole: ReadonlyArray<readonly [limit: number | undefined, name: string]> =
    allowDrops === undefined
      ? [
          [Math.floor((all * maxDropShare) / 100), `maxDropShare (${maxDropShare} %)`],
          [maxDrops, `maxDrops (${maxDrops})`],
        ]
      : [[allowDrops, `--allow-drops ${allowDrops}`]];
  const exceeded = whole.filter(([limit = planned]) => planned > limit).map(([, name]) => name);
  if (exceeded.length === 0) return [];
  const much = `${planned} of ${count(all, 'partition')} would go in one run`;
  return [`${much}, more than ${exceeded.join(' and ')}; ${allowing(`--allow-drops ${planned}`)}`];
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
