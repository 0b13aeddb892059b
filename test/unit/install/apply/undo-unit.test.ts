import { expect, test } from 'vitest';
import { restoreUnit, stillDifferent } from '../../../../src/install/apply/undo/unit.ts';
import type { Systemd, UnitState } from '../../../../src/install/host/host.ts';
import { UNKNOWN_UNIT } from '../../../../src/install/host/units.ts';

const IDLE: UnitState = { ...UNKNOWN_UNIT, load: 'loaded', unitFile: 'static' };
const FAILED: UnitState = { ...IDLE, active: 'failed' };
const RUNNING: UnitState = { ...IDLE, active: 'activating' };
const WAITING: UnitState = { ...RUNNING, isWaiting: true };

/** A job's unit that is in a state, and in another once it was stopped; notes what systemctl is told. */
function unitIn(now: UnitState, stopped: UnitState): { systemd: Systemd; told: string[] } {
  const told: string[] = [];
  const show = async () => (told.includes('stop') ? stopped : now);
  const systemd: Systemd = {
    show,
    showAll: async (units) => new Map(await Promise.all(units.map(async (unit) => [unit, await show()] as const))),
    control: async ([verb = '']) => void told.push(verb),
  };
  return { systemd, told };
}

test.each<[name: string, before: UnitState, now: UnitState, stopped: UnitState, told: readonly string[]]>([
  ['was idle and runs', IDLE, RUNNING, IDLE, ['stop']],
  ['was idle, runs, and fails when it is stopped', IDLE, RUNNING, FAILED, ['stop', 'reset-failed']],
  ['was idle, has failed and waits to be started again', IDLE, WAITING, IDLE, ['stop']],
  ['had failed and runs', FAILED, RUNNING, IDLE, ['stop']],
  ['waited and runs', WAITING, RUNNING, IDLE, ['stop']],
  ['waited and waits', WAITING, WAITING, IDLE, []],
  ['waited and was stopped', WAITING, IDLE, IDLE, []],
  ['ran and runs', RUNNING, RUNNING, IDLE, []],
  ['ran and was stopped', RUNNING, IDLE, IDLE, ['start']],
])('undoing a job that %s', async (_, before, now, stopped, expected) => {
  const { systemd, told } = unitIn(now, stopped);
  await restoreUnit(systemd, 'a.service', before);
  expect(told).toEqual(expected);
});

test.each([
  [IDLE, IDLE, undefined],
  [FAILED, IDLE, undefined],
  [WAITING, FAILED, undefined],
  [WAITING, IDLE, undefined],
  [IDLE, FAILED, 'was not enabled and inactive, is not enabled and failed'],
  [RUNNING, IDLE, 'was not enabled and activating, is not enabled and inactive'],
])('what is still different after that', (before, now, told) => {
  expect(stillDifferent(before, now)).toBe(told);
});
