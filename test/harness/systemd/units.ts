import { expect } from 'vitest';
import type { Host } from './host.ts';
import type { Entry } from './journal.ts';

export const ENSURE = 'scanner-artifact-boms-ensure';
export const RETENTION = 'scanner-artifact-boms-retention';

/** The longest delay that a timer adds to its calendar, in milliseconds. */
const SPREAD = 120_000;

/** Properties of a unit, by their names in `systemctl show`. */
export async function show(host: Host, unit: string, ...names: string[]): Promise<Record<string, string>> {
  const text = await host.succeed(['systemctl', 'show', `--property=${names.join(',')}`, unit]);
  return Object.fromEntries(text.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
}

/** A timer is active, starts with the system, and elapses next when systemd says that its calendar does. */
export async function expectTimer(host: Host, timer: string, calendar: string): Promise<void> {
  const { NextElapseUSecRealtime: next = '', ...states } = await show(
    host,
    timer,
    'NextElapseUSecRealtime',
    'ActiveState',
    'UnitFileState',
  );
  expect(states).toEqual({ ActiveState: 'active', UnitFileState: 'enabled' });
  const told = await host.succeed(['systemd-analyze', 'calendar', calendar]);
  const due = instant(/Next elapse: (.*)/.exec(told)?.[1] ?? '');
  expect(instant(next)).toBeGreaterThanOrEqual(due);
  expect(instant(next)).toBeLessThanOrEqual(due + SPREAD);
}

/** Milliseconds since the epoch of `Tue 2026-12-01 00:10:00 UTC`. */
function instant(text: string): number {
  const [, day, time] = /^\w+ (\S+) (\S+) UTC$/.exec(text) ?? [];
  return Date.parse(`${day}T${time}Z`);
}

export type JobRun = { readonly result: string; readonly exitCode: number; readonly entries: readonly Entry[] };

/** Starts a job, waits for its end, and gives its result and what the journal got meanwhile. */
export async function runService(host: Host, service: string): Promise<JobRun> {
  const before = await host.journal(service);
  await host.run(['systemctl', 'start', service]);
  const { Result: result = '', ExecMainStatus } = await show(host, service, 'Result', 'ExecMainStatus');
  return { result, exitCode: Number(ExecMainStatus), entries: (await host.journal(service)).slice(before.length) };
}

/** What the job itself said, each line after its priority. */
export const said = ({ entries }: Pick<JobRun, 'entries'>): string[] =>
  entries
    .filter(({ identifier }) => identifier !== 'systemd')
    .map(({ priority, message }) => `<${priority}>${message}`);
