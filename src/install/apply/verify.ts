import { basename } from 'node:path/posix';
import type { Systemd } from '../host/host.ts';
import { isUnit } from '../host/units.ts';
import type { Plan } from '../plan/step.ts';

async function checkUnit(systemd: Systemd, unit: string): Promise<string[]> {
  const { load, needsReload } = await systemd.show(unit);
  // Masked by an administrator: it stays so.
  if (load === 'masked') return [];
  if (load !== 'loaded') return [`systemd could not load ${unit}: it is ${load}`];
  return needsReload ? [`systemd has not read the new ${unit}`] : [];
}

async function checkTimer(systemd: Systemd, timer: string): Promise<string[]> {
  const { active, nextElapse } = await systemd.show(timer);
  if (active !== 'active') return [`${timer} is ${active}, not active`];
  if (nextElapse !== undefined) return [];
  // While its job runs a timer has no next elapse after a reload; systemd computes it when the job ends.
  const job = await systemd.show(timer.replace(/timer$/, 'service'));
  return job.active === 'inactive' || job.active === 'failed' ? [`${timer} never elapses`] : [];
}

/** What is wrong on a host after a plan's steps; empty if its units are loaded and its timers will elapse. */
export async function verify(systemd: Systemd, { steps, activeTimers }: Plan): Promise<string[]> {
  const written = steps.flatMap((step) => (step.do === 'write' && isUnit(step.path) ? [basename(step.path)] : []));
  const found: string[] = [];
  for (const unit of written) found.push(...(await checkUnit(systemd, unit)));
  for (const timer of activeTimers) found.push(...(await checkTimer(systemd, timer)));
  return found;
}
