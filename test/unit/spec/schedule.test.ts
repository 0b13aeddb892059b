import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, EXIT } from '../../../src/errors.ts';
import { parseSchedule, toCron, toOnCalendar } from '../../../src/spec/schedule.ts';
import { describeSchedule } from '../../../src/spec/schedule-words.ts';
import { cronExpression } from '../../harness/render/cron-expression.ts';

describe('one schedule in three forms', () => {
  const EVEN_HOURS = 'at minute 30 of the hours 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 22 every day';
  const HALF_PAST = 'at 06:00, 06:30, 18:00 and 18:30 every Monday to Friday';
  const THREE_DAYS = 'at 03:00 every Monday, Wednesday and Friday';
  const APRIL_DAYS = 'at 00:00 on days 1, 15, 30 and 31 of April (where those days exist)';
  test.each([
    ['10 0 1 * *', '10 0 1 * *', '*-*-01 00:10:00 UTC', 'at 00:10 on day 1 of every month'],
    ['15 0 * * *', '15 0 * * *', '*-*-* 00:15:00 UTC', 'at 00:15 every day'],
    ['* * * * *', '* * * * *', '*-*-* *:*:00 UTC', 'every minute'],
    ['*/15 * * * *', '*/15 * * * *', '*-*-* *:00/15:00 UTC', 'every 15 minutes'],
    ['*/25 * * * *', '*/25 * * * *', '*-*-* *:00/25:00 UTC', 'at minutes 0, 25 and 50 of every hour'],
    ['5-59/20 * * * *', '5-59/20 * * * *', '*-*-* *:05/20:00 UTC', 'at minutes 5, 25 and 45 of every hour'],
    ['5 * * * *', '5 * * * *', '*-*-* *:05:00 UTC', 'at minute 5 of every hour'],
    ['* 9-17 * * *', '* 9-17 * * *', '*-*-* 09..17:*:00 UTC', 'every minute of the hours 9 to 17 every day'],
    ['30 */2 * * *', '30 */2 * * *', '*-*-* 00/2:30:00 UTC', EVEN_HOURS],
    ['0,30 6,18 * * 1-5', '0,30 6,18 * * 1-5', 'Mon..Fri *-*-* 06,18:00,30:00 UTC', HALF_PAST],
    ['0 3 * * mon,WED,Fri', '0 3 * * 1,3,5', 'Mon,Wed,Fri *-*-* 03:00:00 UTC', THREE_DAYS],
    ['0 3 * * 5-7', '0 3 * * 0,5,6', 'Fri..Sun *-*-* 03:00:00 UTC', 'at 03:00 every Friday to Sunday'],
    ['0 3 * * 7', '0 3 * * 0', 'Sun *-*-* 03:00:00 UTC', 'at 03:00 every Sunday'],
    ['0 3 * * 0-7', '0 3 * * *', '*-*-* 03:00:00 UTC', 'at 03:00 every day'],
    ['0 0 * jan,jul *', '0 0 * 1,7 *', '*-01,07-* 00:00:00 UTC', 'at 00:00 every day in January and July'],
    ['0 0 31 * *', '0 0 31 * *', '*-*-31 00:00:00 UTC', 'at 00:00 on day 31 of every month (where that day exists)'],
    ['0 0 29 2 *', '0 0 29 2 *', '*-02-29 00:00:00 UTC', 'at 00:00 on day 29 of February (where that day exists)'],
    ['0 0 1,15,30-31 4 *', '0 0 1,15,30,31 4 *', '*-04-01,15,30,31 00:00:00 UTC', APRIL_DAYS],
    [' 007\t0  1 1 * ', '7 0 1 1 *', '*-01-01 00:07:00 UTC', 'at 00:07 on day 1 of January'],
    ['@yearly', '0 0 1 1 *', '*-01-01 00:00:00 UTC', 'at 00:00 on day 1 of January'],
    ['@annually', '0 0 1 1 *', '*-01-01 00:00:00 UTC', 'at 00:00 on day 1 of January'],
    ['@monthly', '0 0 1 * *', '*-*-01 00:00:00 UTC', 'at 00:00 on day 1 of every month'],
    ['@weekly', '0 0 * * 0', 'Sun *-*-* 00:00:00 UTC', 'at 00:00 every Sunday'],
    ['@daily', '0 0 * * *', '*-*-* 00:00:00 UTC', 'at 00:00 every day'],
    ['@midnight', '0 0 * * *', '*-*-* 00:00:00 UTC', 'at 00:00 every day'],
    ['@hourly', '0 * * * *', '*-*-* *:00:00 UTC', 'at minute 0 of every hour'],
  ])('%s', (expression, cron, calendar, words) => {
    const schedule = parseSchedule(expression);
    expect(toCron(schedule)).toBe(cron);
    expect(toOnCalendar(schedule)).toEqual([calendar]);
    expect(describeSchedule(schedule)).toBe(words);
  });

  test('reads back what it writes for cron', () => {
    fc.assert(
      fc.property(cronExpression, (expression) => {
        const schedule = parseSchedule(expression);
        expect(parseSchedule(toCron(schedule))).toEqual(schedule);
      }),
    );
  });

  test('has different words for different schedules', () => {
    const cronOfWords = new Map<string, string>();
    fc.assert(
      fc.property(cronExpression, (expression) => {
        const schedule = parseSchedule(expression);
        const [words, cron] = [describeSchedule(schedule), toCron(schedule)];
        expect(cronOfWords.get(words) ?? cron).toBe(cron);
        cronOfWords.set(words, cron);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a refused schedule', () => {
  const BOTH_DAYS = 'allowed: * for one of them, as some schedulers run when both match and others when either does';
  const FIVE_FIELDS =
    'allowed: five fields, minute hour day-of-month month day-of-week, such as "15 0 * * *" (quoted in YAML if it starts with *)';
  const NICKNAMES = '@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, or five fields';
  const FORMS = 'lists (1,3), ranges (1-5), steps (*/2)';
  test.each([
    ['', `found ""; ${FIVE_FIELDS}`],
    ['* * * *', `found "* * * *"; ${FIVE_FIELDS}`],
    ['0 0 0 1 1 *', `found "0 0 0 1 1 *"; ${FIVE_FIELDS}`],
    ['0 0 1 * *\n* * * * *', `found "0 0 1 * *\\n* * * * *"; ${FIVE_FIELDS}`],
    ['@reboot', `found "@reboot"; allowed: ${NICKNAMES}; the start of the host is not a time`],
    ['@Daily', `found "@Daily"; allowed: ${NICKNAMES}`],
    ['0 0 1 * 1', `found day of month 1 and day of week 1 together; ${BOTH_DAYS}`],
    ['0 0 */2 * 1', `found day of month */2 and day of week 1 together; ${BOTH_DAYS}`],
    ['0 0 1 * */2', `found day of month 1 and day of week */2 together; ${BOTH_DAYS}`],
    ['0 0 30 2 *', 'found day 30 of month 2; allowed: dates that exist, as this one would never run'],
    ['0 0 31 4,feb *', 'found day 31 of month 4,feb; allowed: dates that exist, as this one would never run'],
    ['60 0 * * *', 'found "60" as the minute; allowed: 0 to 59'],
    ['0 24 * * *', 'found "24" as the hour; allowed: 0 to 23'],
    ['0 0 0 * *', 'found "0" as the day of month; allowed: 1 to 31'],
    ['0 0 * 13 *', 'found "13" as the month; allowed: 1 to 12 or jan to dec'],
    ['0 0 * * 8', 'found "8" as the day of week; allowed: 0 to 7 or sun to sat'],
    ['0 0 * foo *', 'found "foo" as the month; allowed: 1 to 12 or jan to dec'],
    ['0 0 * january *', `found "january" as the month; allowed: 1 to 12 or jan to dec, ${FORMS}`],
    ['0 0 L * *', refusedLetter('"L" as the day of month', '1 to 31')],
    ['0 0 15W * *', refusedLetter('"15W" as the day of month', '1 to 31')],
    ['0 0 * * 5#2', refusedLetter('"5#2" as the day of week', '0 to 7 or sun to sat')],
    ['0 0 ? * *', refusedLetter('"?" as the day of month', '1 to 31')],
    ['1, 0 * * *', `found "" as the minute; allowed: 0 to 59, ${FORMS}`],
    ['-1 0 * * *', `found "-1" as the minute; allowed: 0 to 59, ${FORMS}`],
    ['*/0 0 * * *', 'found the step 0; allowed: a step from 1 to 59'],
    ['*/60 0 * * *', 'found the step 60; allowed: a step from 1 to 59'],
    ['5/15 0 * * *', 'found "5/15" as the minute; allowed: a range before the step, such as 5-59/15 (crons disagree)'],
    ['9-5 0 * * *', 'found "9-5" as the minute; allowed: a range from the smaller to the greater value, or a list'],
  ])('%j', (expression, message) => {
    expect(refusal(expression)).toMatchObject({ message, exitCode: EXIT.configuration });
  });

  test('is an AppError for any text', () => {
    const fragment = fc.constantFrom('*', '/', '-', ',', '1', '7', '59', 'mon', 'L', '@', ' ', '\t', '\0', 'é');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(fragment).map((parts) => parts.join('')),
        ),
        (text) => {
          const error = refusal(text);
          expect(error === undefined || error instanceof AppError).toBe(true);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

function refusal(expression: string): unknown {
  try {
    parseSchedule(expression);
    return undefined;
  } catch (error) {
    return error;
  }
}

function refusedLetter(found: string, range: string): string {
  return `found ${found}; allowed: ${range}, lists (1,3), ranges (1-5), steps (*/2); cron, systemd and pg_cron have no L, W, # or ?`;
}
