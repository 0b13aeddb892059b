import { Cron } from 'croner';
import { execa } from 'execa';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseSchedule, toCron, toOnCalendar } from '../../../src/spec/schedule.ts';
import { cronExpression } from '../../harness/render/cron-expression.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

const EXPRESSIONS = 1000;
const BATCH = 250;
const RUNS = 5;
const START = '2026-02-11 01:32:14';

/** The next runs of each calendar expression, as systemd sees them. */
async function systemdRuns(calendars: readonly string[]): Promise<string[][]> {
  const { stdout } = await execa(
    'systemd-analyze',
    ['calendar', `--iterations=${RUNS}`, `--base-time=${START} UTC`, ...calendars],
    { env: { TZ: 'UTC', LC_ALL: 'C' } },
  );
  return stdout
    .split('\n\n')
    .map((block) => [...block.matchAll(/(?:Next elapse|Iter\. #\d+): \w+ (\S+ \S+) UTC/g)].map(([, run]) => run ?? ''));
}

function cronerRuns(expression: string): string[] {
  return new Cron(expression, { timezone: 'UTC' })
    .nextRuns(RUNS, new Date(`${START.replace(' ', 'T')}Z`))
    .map((run) => run.toISOString().slice(0, 19).replace('T', ' '));
}

describeNeeding({ programs: ['systemd-analyze'] }, 'a schedule', () => {
  test(`has the same runs for systemd and for croner (${EXPRESSIONS} random ones)`, async () => {
    const expressions = fc.sample(cronExpression, EXPRESSIONS);
    for (let start = 0; start < expressions.length; start += BATCH) {
      const batch = expressions.slice(start, start + BATCH);
      const runs = await systemdRuns(batch.flatMap((expression) => toOnCalendar(parseSchedule(expression))));
      expect(runs).toHaveLength(batch.length);
      batch.forEach((expression, index) => {
        const expected = cronerRuns(expression);
        expect(expected, expression).toHaveLength(RUNS);
        expect(runs[index], expression).toEqual(expected);
        expect(cronerRuns(toCron(parseSchedule(expression))), expression).toEqual(expected);
      });
    }
  });

  test.each(['0 0 29 2 *', '0 0 31 * *', '0 0 30,31 2,4,6 *', '@weekly', '@hourly'])(
    '%s has the same runs',
    async (expression) => {
      expect(await systemdRuns(toOnCalendar(parseSchedule(expression)))).toEqual([cronerRuns(expression)]);
    },
  );
});
