/** All of them take at least one value; of none they are NaN. */

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? Number.NaN) + (sorted[high] ?? Number.NaN)) / 2;
}

/** The smallest of the values that so large a share of them (0 to 1) does not exceed: the nearest rank, nothing in between. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = ascending(values);
  return sorted[Math.max(Math.ceil(share * sorted.length) - 1, 0)] ?? Number.NaN;
}

export function largest(values: readonly number[]): number {
  return percentile(values, 1);
}

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
