import type { Desired } from './desired.ts';
import type { Observed } from './observed.ts';
import type { PlanOptions } from './plan-options.ts';
import type { Plan } from './step.ts';

/** What makes an observed host what is desired. Pure: the same values give the same plan. */
export function plan(_desired: Desired, _observed: Observed, _options: PlanOptions): Plan {
  throw new Error('not written yet');
}
