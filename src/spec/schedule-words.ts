import { DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH } from './cron-field.ts';
import { isFull, monthLength, runs, type Schedule, stepToEnd } from './schedule.ts';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** More times of day than these are told by hours and minutes. */
const TIMES_LISTED = 6;

/** A schedule in plain words that complete "the job runs …": `at 00:10 on day 1 of every month`. */
export function describeSchedule(schedule: Schedule): string {
  const days = dayWords(schedule);
  // "every 15 minutes" says by itself that it is so on every day.
  return isFull(schedule.hours, HOUR) && days === 'every day' ? timeWords(schedule) : `${timeWords(schedule)} ${days}`;
}

function timeWords({ minutes, hours }: Schedule): string {
  if (minutes.length * hours.length <= TIMES_LISTED)
    return `at ${list(hours.flatMap((hour) => minutes.map((minute) => `${twoDigits(hour)}:${twoDigits(minute)}`)))}`;
  const [everyHour, every] = [isFull(hours, HOUR), everyWords(minutes)];
  if (every) return everyHour ? every : `${every} of ${count('the hour', hours)} ${spans(hours, String)}`;
  const of = everyHour ? 'every hour' : `${count('the hour', hours)} ${spans(hours, String)}`;
  return `at ${count('minute', minutes)} ${spans(minutes, String)} of ${of}`;
}

/** Minutes that are evenly spread over all hours; false if they are not. */
function everyWords(minutes: readonly number[]): string | false {
  if (isFull(minutes, MINUTE)) return 'every minute';
  const step = stepToEnd(minutes, MINUTE) ?? 0;
  return minutes[0] === 0 && 60 % step === 0 && `every ${step} minutes`;
}

function dayWords({ daysOfMonth, months, daysOfWeek }: Schedule): string {
  const everyMonth = isFull(months, MONTH);
  const names = spans(months, (month) => MONTHS[month - 1] ?? '');
  if (!isFull(daysOfMonth, DAY_OF_MONTH)) {
    const exists = months.every((month) => (daysOfMonth.at(-1) ?? 0) <= shortestLength(month));
    const caution = exists ? '' : ` (where ${daysOfMonth.length === 1 ? 'that day exists' : 'those days exist'})`;
    const days = `on ${count('day', daysOfMonth)} ${spans(daysOfMonth, String)}`;
    return `${days} of ${everyMonth ? 'every month' : names}${caution}`;
  }
  // People's weeks start on Monday.
  const week = daysOfWeek.map((day) => day || 7).sort();
  const days = isFull(week, DAY_OF_WEEK) ? 'day' : spans(week, (day) => DAYS[day % 7] ?? '');
  return `every ${days}${everyMonth ? '' : ` in ${names}`}`;
}

const shortestLength = (month: number): number => (month === 2 ? 28 : monthLength(month));

const spans = (values: readonly number[], word: (value: number) => string): string =>
  list(runs(values).map((run) => run.map(word).join(' to ')));

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

const count = (noun: string, values: readonly number[]): string => (values.length === 1 ? noun : `${noun}s`);

const twoDigits = (value: number): string => String(value).padStart(2, '0');
