import type { Observed } from '../observe/observed.ts';
import type { Drift, Expected } from './drift.ts';
import { fileDrift } from './files.ts';
import { unitDrift } from './units.ts';

/** How an observed host differs from what is expected: files first, then units. */
export function findDrift(expected: Expected, observed: Observed): Drift[] {
  const unrecorded: Drift[] = observed.manifest ? [] : [{ subject: observed.recordPath, is: 'unrecorded' }];
  return [...unrecorded, ...fileDrift(expected, observed), ...unitDrift(expected, observed)];
}
