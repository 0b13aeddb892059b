import type { HostPort, Systemd, UnitState } from '../../host/host.ts';

export function systemdOf({ systemd, files }: HostPort): Systemd {
  if (!systemd) throw new Error(`no systemd runs on ${files.root}`);
  return systemd;
}

const isEnabled = ({ unitFile }: UnitState) => unitFile.startsWith('enabled');
/** A job that waits to be started again counts, too. */
const isActive = ({ active }: UnitState) => active === 'active' || active === 'activating';

/** Enables or disables, starts or stops a unit, so that it is as it was. */
export async function restoreUnit(systemd: Systemd, unit: string, before: UnitState): Promise<void> {
  const now = await systemd.show(unit);
  const isStopped = isActive(now) && (!isActive(before) || (before.isWaiting && !now.isWaiting));
  if (isStopped) await systemd.control(['stop', unit]);
  const { active } = isStopped ? await systemd.show(unit) : now;
  if (isEnabled(now) !== isEnabled(before)) await systemd.control([isEnabled(before) ? 'enable' : 'disable', unit]);
  // The waiting for another attempt does not come back: starting the job would be that attempt.
  if (isActive(before) && !before.isWaiting && !isActive(now)) await systemd.control(['start', unit]);
  if (active === 'failed' && before.active === 'inactive') await systemd.control(['reset-failed', unit]);
}

const words = (unit: UnitState) => `${isEnabled(unit) ? 'enabled' : 'not enabled'} and ${unit.active}`;

/** What is still not as it was; undefined if all is. That its file is gone may be as it was before the file was made. */
export function stillDifferent(before: UnitState, now: UnitState): string | undefined {
  // That a job had failed cannot be brought back once it was stopped or has run again, and nobody misses it.
  if (
    (before.active === 'failed' || before.isWaiting) &&
    words({ ...before, active: 'inactive' }) === words({ ...now, active: now.active.replace('failed', 'inactive') })
  )
    return undefined;
  return words(before) === words(now) ? undefined : `was ${words(before)}, is ${words(now)}`;
}
