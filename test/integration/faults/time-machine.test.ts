import { expect, inject, test } from 'vitest';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { monthOf, startOfMonth } from '../../harness/time/calendar.ts';
import { DAY_MS, type Episode, HOUR_MS } from '../../harness/time/episodes.ts';
import { FAKED_CLOCKS } from '../../harness/time/faked-clock.ts';
import { live } from '../../harness/time/live.ts';

const FIRST = monthOf(Date.UTC(2021, 0));
const MONTHS = 36;

/** The first instant of the month that is the n-th of those lived through, counted from 0, with so many hours added. */
const turn = (index: number, hours = 0) => startOfMonth(FIRST + index) + hours * HOUR_MS;
const DAY = DAY_MS / HOUR_MS;

/** From the thirteenth month on each turn makes a partition due; retention runs on Mondays. */
const EPISODES: readonly Episode[] = [
  { what: 'clock', at: turn(3, -3), until: turn(3, 6), of: 'both', aheadMs: 5 * HOUR_MS },
  { what: 'clock', at: turn(5, 2), until: turn(5, 30), of: 'both', aheadMs: -6 * HOUR_MS },
  { what: 'down', at: turn(7, -2 * DAY), until: turn(7, 4 * DAY) },
  { what: 'fault', at: turn(9), job: 'ensure', fault: { kind: 'crash', message: 3 } },
  { what: 'reader', at: turn(14, -DAY), until: turn(14, 8 * DAY) },
  { what: 'twin', at: turn(14), job: 'retention' },
  { what: 'clock', at: turn(16, -DAY), until: turn(16, 9 * DAY), of: 'host', aheadMs: 3 * DAY_MS },
  { what: 'fault', at: turn(18), job: 'retention', fault: { kind: 'kill', message: 9 } },
  { what: 'fault', at: turn(19), job: 'retention', fault: { kind: 'cut', message: 12 } },
  { what: 'fault', at: turn(20), job: 'retention', fault: { kind: 'crash', message: 15 } },
  { what: 'down', at: turn(22, 5), until: turn(22, 12 * DAY) },
  { what: 'keep', at: turn(23, 6 * DAY), months: 15 },
  { what: 'pending', at: turn(26, -5 * DAY), until: turn(26, 12 * DAY) },
  { what: 'keep', at: turn(29), months: 12 },
  { what: 'clock', at: turn(31, -2 * DAY), until: turn(31, 8 * DAY), of: 'server', aheadMs: -30 * HOUR_MS },
  { what: 'fault', at: turn(33), job: 'ensure', fault: { kind: 'kill', message: 3 } },
];

/** What must have happened for the months to prove anything, and how often at least. */
const HAPPENS: ReadonlyArray<readonly [string, number]> = [
  ['clock jumps', 8],
  ['hosts down', 2],
  ['faults, kill', 2],
  ['faults, cut', 1],
  ['faults, crash', 2],
  ['detaches left pending by a person', 1],
  ['partitions put back by a person', 1],
  ['runs of retention, exit 6', 1],
  ['runs of retention, exit 7', 2],
  ['runs of retention, exit 8', 3],
  ['retries of retention', 4],
  ['runs of ensure, exit 0', MONTHS],
];

describeNeeding(FAKED_CLOCKS, 'the time machine', () => {
  test(`${MONTHS} months: no insert fails, no row is lost inside the window, nothing is kept beyond it`, {
    timeout: 300_000,
  }, async ({ signal, onTestFinished }) => {
    const [installation] = inject('servers');
    if (!installation) throw new Error('there is no server');
    const life = live({
      installation,
      first: FIRST,
      months: MONTHS,
      episodes: EPISODES,
      monthsAhead: 1,
      keepMonths: 12,
      graceDays: 10,
      retentionSchedule: '15 0 * * 1',
      signal,
    });
    // Whoever ends the test waits until its server is gone.
    onTestFinished(async () => void (await Promise.allSettled([life])));
    const tally = await life;
    for (const [what, least] of HAPPENS) expect(`${what}: ${tally.count(what) >= least}`).toBe(`${what}: true`);
  });
});
