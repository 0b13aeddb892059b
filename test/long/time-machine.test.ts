import { inject, test } from 'vitest';
import { describeNeeding } from '../harness/runner/needs.ts';
import { monthOf } from '../harness/time/calendar.ts';
import { randomEpisodes } from '../harness/time/episodes.ts';
import { FAKED_CLOCKS } from '../harness/time/faked-clock.ts';
import { live } from '../harness/time/live.ts';
import type { Event } from '../harness/time/plan.ts';
import { createRandom } from '../harness/time/random.ts';
import type { Tally } from '../harness/time/tally.ts';

/** The same seed gives the same troubles at the same times; `HOTLOOKUP_SEED=…` repeats a run that failed. */
const SEED = Number(process.env['HOTLOOKUP_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** No more than keep the faked clock in the past. */
const YEARS = Number(process.env['HOTLOOKUP_YEARS'] ?? 20);
const FIRST_YEAR = 2004;
const FIRST = monthOf(Date.UTC(FIRST_YEAR, 0));
const KEEP_MONTHS = 12;

/** Prints what happened in each year, as soon as it is over. */
function createProgress(): (event: Event, tally: Tally) => void {
  const started = performance.now();
  let year = FIRST_YEAR;
  return ({ at }, tally) => {
    if (new Date(at).getUTCFullYear() === year) return;
    console.log(
      `${year} is over after ${Math.round((performance.now() - started) / 1_000)} s: ${tally.lines().join(', ')}`,
    );
    year += 1;
  };
}

describeNeeding(FAKED_CLOCKS, 'the time machine', () => {
  test(`${YEARS} years with troubles of seed ${SEED}`, async ({ signal, onTestFinished }) => {
    if (!Number.isSafeInteger(SEED) || !Number.isSafeInteger(YEARS))
      throw new Error('HOTLOOKUP_SEED and HOTLOOKUP_YEARS are whole numbers');
    const installation = inject('servers').at(-1);
    if (!installation) throw new Error('there is no server');
    console.log(`HOTLOOKUP_SEED=${SEED}, ${installation.label}`);
    const life = live({
      installation,
      first: FIRST,
      months: YEARS * 12,
      episodes: randomEpisodes(createRandom(SEED), FIRST, YEARS * 12, KEEP_MONTHS),
      monthsAhead: 1,
      keepMonths: KEEP_MONTHS,
      graceDays: 10,
      retentionSchedule: '15 0 * * 1,4',
      signal,
      onEvent: createProgress(),
    });
    // Whoever ends the test waits until its server is gone.
    onTestFinished(async () => void (await Promise.allSettled([life])));
    const tally = await life;
    console.log(`${YEARS * 12} months with seed ${SEED}:\n  ${tally.lines().join('\n  ')}`);
  });
});
