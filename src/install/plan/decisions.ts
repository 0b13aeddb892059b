import type { Desired, DesiredJob } from '../desired/desired.ts';
import { PRESET_PATH } from '../desired/image-enablement.ts';
import { UNKNOWN_UNIT, wantsLink } from '../host/units.ts';
import type { Observed } from '../observe/observed.ts';
import type { PlanOptions } from './options.ts';

/** What becomes of a job's timer. */
export type TimerDecision = {
  readonly job: DesiredJob;
  readonly isEnabled: boolean;
  /** Whether it is enabled in the end. */
  readonly shallBeEnabled: boolean;
  /** Whether the manifest says afterwards that the installer enabled it. */
  readonly isListed: boolean;
  readonly note: string | undefined;
};

/** Whether a timer starts with the host. Of one whose file is gone systemd says nothing, or `bad`; its link tells. */
function isEnabled(timer: string, { isLive, units, at }: Observed): boolean {
  const { unitFile } = units.get(timer) ?? UNKNOWN_UNIT;
  if (isLive && unitFile !== '' && unitFile !== 'bad') return unitFile === 'enabled';
  return at.get(wantsLink(timer))?.type === 'link';
}

/** A timer that an install enabled and that is no longer enabled was disabled by an administrator: it stays so unless asked. */
export const decideTimers = (
  { jobs }: Desired,
  observed: Observed,
  options: PlanOptions,
  masked: ReadonlySet<string>,
): TimerDecision[] => jobs.map((job) => decide(job, observed, options, masked));

function decide(
  job: DesiredJob,
  observed: Observed,
  { enable, preset }: PlanOptions,
  masked: ReadonlySet<string>,
): TimerDecision {
  const { timer, service } = job;
  const enabled = isEnabled(timer, observed);
  const isListed = wasEnabledByInstall(timer, observed);
  const stays = { job, isEnabled: enabled, shallBeEnabled: enabled, isListed, note: undefined };
  if (masked.has(timer) || masked.has(service)) return { ...stays, shallBeEnabled: false };
  if (preset) return { ...stays, shallBeEnabled: false, isListed: true };
  if (enabled) return { ...stays, isListed: true };
  if (enable === 'none') return { ...stays, note: `${timer} is not enabled: ${howToEnable(timer, observed)}` };
  if (isListed && enable !== 'force')
    return { ...stays, note: `${timer} was disabled on this host and stays so: --enable enables it` };
  return { ...stays, shallBeEnabled: true, isListed: true };
}

/** A preset enables timers only when an image first boots; until then nobody can have disabled them. */
function wasEnabledByInstall(timer: string, { manifest, isLive }: Observed): boolean {
  if (!manifest?.enabled.includes(timer)) return false;
  return isLive || manifest.files.every(({ path }) => path !== PRESET_PATH);
}

const howToEnable = (timer: string, { isLive, units }: Observed): string => {
  if (!isLive) return '--enable does it';
  return (units.get(timer) ?? UNKNOWN_UNIT).active === 'active'
    ? `systemctl enable ${timer}`
    : `systemctl enable --now ${timer}`;
};
