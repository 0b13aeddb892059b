import { Cron } from 'croner';
import { describe, expect, test } from 'vitest';
import { alertLimits } from '../../../../src/render/runbook/alert-limits.ts';
import { parseSchedule } from '../../../../src/spec/schedule.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

test.each([
  ['10 0 1 * *', 32 * DAY],
  ['15 0 * * *', 2 * DAY],
  ['0 * * * *', 2 * HOUR],
  ['*/10 * * * *', 20 * 60],
  ['0 6,18 * * *', DAY],
  ['0 3,5 * * *', 2 * 22 * HOUR],
  ['0 4 * * 0', 8 * DAY],
  ['0 4 * * 1-5', 4 * DAY],
  ['0 0 1 1 *', 367 * DAY],
  ['0 0 29 2 *', (4 * 365 + 1 + 1) * DAY],
])('%s: a success is stale after %i s', (expression, seconds) => {
  expect(alertLimits(parseSchedule(expression), 1).staleAfter).toBe(seconds);
});

test.each([
  ['10 0 1 * *', 1, 14 * DAY - 5 * 60],
  ['10 0 1 * *', 12, 14 * DAY],
  ['10 0 1 * *', 0, 0],
  ['0 0 28 * *', 1, DAY / 2],
  ['15 0 * * *', 1, 14 * DAY - 7.5 * 60],
  ['0 0 1 1 *', 1, 0],
])('%s with %i months ahead: less than %i s of runway are short', (expression, monthsAhead, seconds) => {
  expect(alertLimits(parseSchedule(expression), monthsAhead).shortRunway).toBe(seconds);
});

describe.each(['10 0 1 * *', '15 0 * * *', '30 2 15 */2 *', '0 4 * * 0', '7,50 3 * * 1-5'])('%s', (expression) => {
  /** Successive runs as another reader of cron expressions has them. */
  const runs = new Cron(expression, { timezone: 'UTC' })
    .nextRuns(600, '2026-01-01T00:00:00Z')
    .map((at) => at.getTime());

  test('a job that always succeeds is never stale', () => {
    const { staleAfter } = alertLimits(parseSchedule(expression), 1);
    const gaps = runs.slice(1).map((time, index) => (time - (runs[index] ?? 0)) / 1_000);
    expect(Math.max(...gaps)).toBeLessThan(staleAfter);
  });

  test.each([2, 5])('a job that always provides for %i months ahead never has short runway', (monthsAhead) => {
    const { shortRunway } = alertLimits(parseSchedule(expression), monthsAhead);
    const left = runs.slice(1).map((time, index) => {
      const before = new Date(runs[index] ?? 0);
      return (Date.UTC(before.getUTCFullYear(), before.getUTCMonth() + monthsAhead + 1) - time) / 1_000;
    });
    expect(Math.min(...left)).toBeGreaterThanOrEqual(shortRunway);
  });
});
