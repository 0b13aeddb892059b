import type { Index } from './relation.ts';

/**
 * The partitioned table's indexes that have no partner in the table, as ATTACH pairs them: each with an own one, valid, of the
 * same shape, with the same kind of constraint. ATTACH would build these under its locks.
 */
export function missingIndexes(wanted: readonly Index[], found: readonly Index[]): Index[] {
  const free = found.filter(({ isValid }) => isValid);
  return wanted.filter(({ shape }) => {
    const partner = free.findIndex((one) => one.shape === shape);
    if (partner >= 0) free.splice(partner, 1);
    return partner < 0;
  });
}
