import type { Result } from '../start-up/targets.ts';

type Point = { readonly partitions: number; readonly result: Result };

/**
 * Whether a job grows faster than the number of partitions: from one size to the next, what it takes in all may grow by no larger a factor
 * than their number. The start of the processes is a part of it, so a job that is linear stays well below.
 */
export function growth({ what, points }: { readonly what: string; readonly points: readonly Point[] }): Result[] {
  return points.slice(1).map((larger, index) => {
    const smaller = points[index] ?? larger;
    return {
      what: `${what}, from ${smaller.partitions.toLocaleString('en')} to ${larger.partitions.toLocaleString('en')} partitions`,
      beside: 'the same with the fewer',
      measured: larger.result.measured,
      peer: smaller.result.measured,
      most: larger.partitions / smaller.partitions,
    };
  });
}
