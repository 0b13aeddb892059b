import { dirname } from 'node:path/posix';
import { isUnit, STAMPS } from '../host/units.ts';
import type { Observed } from '../observe/observed.ts';
import type { Step } from './step.ts';

/** Whether systemd has to read its units again after these steps, or had to before. */
export const needsReload = (steps: readonly Step[], { isLive, units }: Observed): boolean =>
  isLive && (steps.some(changesUnit) || [...units.values()].some((state) => state.needsReload));

const changesUnit = (step: Step): boolean =>
  (step.do === 'write' || step.do === 'remove') && isUnit(step.path) && dirname(step.path) !== STAMPS;
