import { expect, test } from 'vitest';
import { firings } from '../../../harness/time/timers.ts';

const DAY = 24;
/** Daily at six, with hours as instants. */
const daily = (after: number) => Math.floor((after - 6) / DAY) * DAY + DAY + 6;
const up = (from: number, until: number, aheadMs = 0) => ({ from, until, isUp: true, aheadMs });
const off = (from: number, until: number) => ({ from, until, isUp: false, aheadMs: 0 });

test.each([
  ['a host that is always on runs each time', [up(0, 72)], [6, 30, 54]],
  ['missed runs are made up for once, at boot', [up(0, 10), off(10, 100), up(100, 130)], [6, 100, 102, 126]],
  ['nothing missed, nothing made up for', [up(0, 10), off(10, 20), up(20, 40)], [6, 30]],
  ['a clock that is ahead is early by that', [up(0, 72, 2)], [4, 28, 52]],
  ['a clock that jumps over a run makes it run at once', [up(0, 29), up(29, 40, 5), up(40, 60)], [6, 29, 54]],
  ['a clock that is set back runs again what lies ahead of it', [up(0, 31), up(31, 60, -5)], [6, 30, 35, 59]],
  [
    'a clock that is right again after it was ahead runs again, too',
    [up(0, 10), up(10, 20, 22), up(20, 40)],
    [6, 10, 30],
  ],
] as const)('%s', (_, stretches, expected) => {
  expect(firings(daily, 0, stretches)).toEqual(expected);
});
