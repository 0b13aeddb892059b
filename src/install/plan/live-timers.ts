import type { UnitState } from '../host/host.ts';
import { isBadlyLoaded, isRunning, stampPath, UNKNOWN_UNIT } from '../host/units.ts';
import type { Observed } from '../observe/observed.ts';
import type { TimerDecision } from './decisions.ts';
import type { PlanOptions } from './options.ts';
import type { Step } from './step.ts';

/** What one timer of a live host needs. */
export type TimerPlan = {
  readonly steps: readonly Step[];
  readonly notes: readonly string[];
  readonly isActiveInTheEnd: boolean;
};

/** Enables and starts a timer as decided, and heals one that is enabled and does not run. `isMoved`: it is disabled first. */
export function planLiveTimer(
  { job: { timer, service }, isEnabled }: TimerDecision,
  isMoved: boolean,
  { units, at }: Observed,
  enable: PlanOptions['enable'],
): TimerPlan {
  const state = units.get(timer) ?? UNKNOWN_UNIT;
  const enabling: Step[] = isEnabled && !isMoved ? [] : [{ do: 'enable', unit: timer }];
  if (isMoved) return { steps: [...enabling, { do: 'start', unit: timer }], notes: [], isActiveInTheEnd: true };
  if (isWell(state, units.get(service) ?? UNKNOWN_UNIT)) return { steps: enabling, notes: [], isActiveInTheEnd: true };
  if (enable === 'none')
    return {
      steps: [],
      notes: [`${timer} is enabled and does not run: systemctl restart ${timer}`],
      isActiveInTheEnd: false,
    };
  const starting: Step = { do: isStuck(state) ? 'restart' : 'start', unit: timer };
  return {
    steps: [...enabling, ...forgetLastRun(timer, at), starting],
    notes: isEnabled ? [`${timer} was enabled and does not run, so it is ${starting.do}ed`] : [],
    isActiveInTheEnd: true,
  };
}

const isStuck = (state: UnitState): boolean =>
  state.active === 'active' || state.active === 'failed' || isBadlyLoaded(state);

/** A timer whose job runs has its next elapse only afterwards. */
const isWell = (timer: UnitState, service: UnitState): boolean =>
  timer.active === 'active' &&
  !isBadlyLoaded(timer) &&
  (timer.nextElapse !== undefined || isRunning(service) || service.isWaiting);

/** Starting a timer makes up for a run that its stamp shows as missed; but an install runs no job. */
function forgetLastRun(timer: string, at: Observed['at']): Step[] {
  const path = stampPath(timer);
  return at.has(path) ? [{ do: 'remove', path, why: 'with it the timer would run its job at once' }] : [];
}
