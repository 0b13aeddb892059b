import type { HostPort, Systemd, UnitState } from './host.ts';

export function systemdOf({ systemd, files }: HostPort): Systemd {
  if (!systemd) throw new Error(`no systemd runs on ${files.root}`);
  return systemd;
}

const isEnabled = ({ unitFile }: UnitState) => unitFile.startsWith('enabled');
const isActive = ({ active }: UnitState) => active === 'active' || active === 'activating';

/** Enables or disables, starts or stops a unit, so that it is as it was. */
export async function restoreUnit(systemd: Systemd, unit: string, before: UnitState): Promise<void> {
  const now = await systemd.show(unit);
  if (isActive(now) && !isActive(before)) await systemd.control(['stop', unit]);
  if (isEnabled(now) !== isEnabled(before)) await systemd.control([isEnabled(before) ? 'enable' : 'disable', unit]);
  if (isActive(before) && !isActive(now)) await systemd.control(['start', unit]);
  if (now.active === 'failed' && before.active === 'inactive') await systemd.control(['reset-failed', unit]);
}

const words = (unit: UnitState) => `${isEnabled(unit) ? 'enabled' : 'not enabled'} and ${unit.active}`;

/** What is still not as it was; undefined if all is. That its file is gone may be as it was before the file was made. */
export function stillDifferent(before: UnitState, now: UnitState): string | undefined {
  return words(before) === words(now) ? undefined : `was ${words(before)}, is ${words(now)}`;
}
