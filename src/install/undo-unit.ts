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

/** What is still not as it was, such as `enabled, now disabled`; undefined if all is. */
export function stillDifferent(before: UnitState, now: UnitState): string | undefined {
  const changes = [
    [before.unitFile, now.unitFile],
    [before.active, now.active],
  ].filter(([was, is]) => was !== is);
  if (changes.length === 0) return undefined;
  return changes
    .map(([was, is]) => `was ${was || 'without a unit file'}, is ${is || 'without a unit file'}`)
    .join('; ');
}
