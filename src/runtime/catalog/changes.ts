import { oidsOf, type Partition } from './catalog.ts';

/** What a call did to the set of partitions. A partition is the same one as long as its oid is. */
export type Changes = {
  readonly added: Partition[];
  readonly removed: Partition[];
  /** Still there with other bounds, or with a detach begun or finished. */
  readonly altered: Partition[];
};

export function compare(before: readonly Partition[], after: readonly Partition[]): Changes {
  const earlier = new Map(before.map((partition) => [partition.oid, partition]));
  const later = oidsOf(after);
  return {
    added: after.filter(({ oid }) => !earlier.has(oid)),
    removed: before.filter(({ oid }) => !later.has(oid)),
    altered: after.filter((partition) => {
      const old = earlier.get(partition.oid);
      return old !== undefined && !sameExtent(old, partition);
    }),
  };
}

function sameExtent(a: Partition, b: Partition): boolean {
  if (a.isDefault !== b.isDefault || a.pending !== b.pending) return false;
  return a.isDefault || (a.from === b.from && a.to === b.to);
}

export function changedAnything({ added, removed, altered }: Changes): boolean {
  return added.length + removed.length + altered.length > 0;
}
