import { expect, test } from 'vitest';
import { DAY_MS } from '../../../harness/time/episodes.ts';
import { nextAttempt } from '../../../harness/time/job-run.ts';
import type { ObservedTable } from '../../../harness/time/ledger.ts';
import { type Circumstances, expectedOutcome } from '../../../harness/time/outcomes.ts';
import { unstruck } from '../../../harness/time/plan.ts';

const table = (rest: Partial<ObservedTable>): ObservedTable => ({
  name: 'p',
  place: 'attached',
  isMarked: false,
  from: Date.UTC(2021, 0),
  to: Date.UTC(2021, 1),
  rows: new Map(),
  ...rest,
});
const due = [table({})];
const held = [table({ place: 'detached', isMarked: true, from: Number.NaN, to: Number.NaN })];

test.each<[string, string, Partial<Circumstances>, readonly ObservedTable[]]>([
  ['nothing in the way', '0', {}, due],
  ['a reader and nothing due', '0', { hasReader: true }, held],
  ['a reader of what is due', '8', { hasReader: true }, due],
  ['a pending detach and nothing due', '0', { isLeftPending: true }, held],
  ['a pending detach beside what is due', '7', { isLeftPending: true }, due],
  ['clocks that differ by a day', '0', { clocksDifferByMs: DAY_MS }, due],
  ['clocks that differ by more, and something due', '7', { clocksDifferByMs: -DAY_MS - 1 }, due],
  ['clocks that differ by more, and something in grace', '7', { clocksDifferByMs: DAY_MS + 1 }, held],
  ['clocks that differ by more, and nothing to do', '0', { clocksDifferByMs: DAY_MS + 1 }, []],
  [
    'ensure with all of it',
    '0',
    { job: 'ensure', hasReader: true, isLeftPending: true, clocksDifferByMs: 2 * DAY_MS },
    due,
  ],
])('%s is exit %s', (_, expected, rest, tables) => {
  const circumstances: Circumstances = {
    job: 'retention',
    observed: { tables, visible: 0 },
    now: Date.UTC(2021, 3, 5),
    keepMonths: 2,
    clocksDifferByMs: 0,
    hasReader: false,
    isLeftPending: false,
    ...rest,
  };
  expect(expectedOutcome(circumstances)).toBe(expected);
});

test.each([
  ['0', 1, undefined],
  ['6', 1, undefined],
  ['7', 1, undefined],
  ['8', 1, 2],
  ['SIGKILL', 2, 3],
  ['4', 3, undefined],
])('after exit %s of attempt %i comes attempt %s', (outcome, attempt, next) => {
  const retry = { afterMs: 300_000, attempts: 3, successes: ['0', '6', '143', 'SIGTERM'], final: ['2', '3', '5', '7'] };
  const after = nextAttempt({ ...unstruck('retention'), attempt }, outcome, retry, 1_000);
  expect(after).toEqual(next && { at: 301_000, run: { ...unstruck('retention'), attempt: next } });
});
