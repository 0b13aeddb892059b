import { expect, test } from 'vitest';
import { isGood, outcomeOf, table } from '../../matrix/outcome.ts';

test('the totals are those of the last line', () => {
  expect(outcomeOf('1 passed, 0 failed, 0 skipped\nmore\n5 passed, 2 failed, 3 skipped\n', 1)).toEqual({
    passed: 5,
    failed: 2,
    skipped: 3,
  });
});

test.each([
  ['a run that ends without totals', 'Killed\n', 137, /without totals, exit code 137/],
  ['a run that a signal ends', '', undefined, /exit code none/],
  ['a failure that no test had', '5 passed, 0 failed, 0 skipped', 1, /no test failed, but the exit code is 1/],
])('%s is told', (_, output, exitCode, problem) => {
  const outcome = outcomeOf(output, exitCode);
  expect(outcome).toEqual({ problem: expect.stringMatching(problem) });
  expect(isGood(outcome)).toBe(false);
});

test('good is what passed and did not fail', () => {
  expect(isGood({ passed: 1, failed: 0, skipped: 9 })).toBe(true);
  expect(isGood({ passed: 9, failed: 1, skipped: 0 })).toBe(false);
  expect(isGood({ passed: 0, failed: 0, skipped: 9 })).toBe(false);
});

test('the table has a line for each server, those that could not be had too', () => {
  const outcomes = new Map([
    ['14.1', { passed: 7, failed: 0, skipped: 1 }],
    ['15.1', { passed: 7, failed: 1, skipped: 0 }],
    ['16.1', { problem: 'cannot fetch it' }],
  ]);
  expect(table(outcomes).split('\n').slice(2)).toEqual([
    '| 14.1 | 7 | 0 | 1 | good |',
    '| 15.1 | 7 | 1 | 0 | not good |',
    '| 16.1 | - | - | - | cannot fetch it |',
    '',
  ]);
});
