import { attachedRanges, type Partition } from './catalog.ts';

/** Partitions that end at or before the cutoff, oldest first. One that straddles it is kept; so is DEFAULT, always. */
export function candidates(partitions: readonly Partition[], cutoff: number): Partition[] {
  return attachedRanges(partitions).filter(({ to }) => to <= cutoff);
}
