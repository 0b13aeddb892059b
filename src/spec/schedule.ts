import { DAY_OF_MONTH, DAY_OF_WEEK, type Field, HOUR, MINUTE, MONTH, readField, refuse } from './cron-field.ts';

/**
 * When a job runs: every minute whose five values are in these lists. Each list is ascending and never empty; Sunday is 0.
 * At most one of the two day fields is restricted, as schedulers disagree about what both together mean.
 */
export type Schedule = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: readonly number[];
  readonly months: readonly number[];
  readonly daysOfWeek: readonly number[];
};

/** The nicknames of crontab(5) that stand for times. */
const NICKNAMES: ReadonlyMap<string, string> = new Map([
  ['@yearly', '0 0 1 1 *'],
  ['@annually', '0 0 1 1 *'],
  ['@monthly', '0 0 1 * *'],
  ['@weekly', '0 0 * * 0'],
  ['@daily', '0 0 * * *'],
  ['@midnight', '0 0 * * *'],
  ['@hourly', '0 * * * *'],
]);

/** Days of the longest form of each month. */
const MONTH_LENGTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads one cron expression of five fields, or a nickname such as `@daily`, as crontab(5) describes them.
 * Throws AppError (configuration), `found …; allowed: …`, for anything else, for what schedulers disagree about, and for dates that never come.
 */
export function parseSchedule(expression: string): Schedule {
  const trimmed = expression.trim();
  if (trimmed.startsWith('@') && !NICKNAMES.has(trimmed)) refuseNickname(trimmed);
  const fields = (NICKNAMES.get(trimmed) ?? trimmed).split(/[ \t]+/);
  const [minute, hour, dayOfMonth, month, dayOfWeek] = fields;
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek || fields.length > 5)
    return refuse(
      `${JSON.stringify(expression)}`,
      'five fields, minute hour day-of-month month day-of-week, such as "15 0 * * *" (quoted in YAML if it starts with *)',
    );
  if (dayOfMonth !== '*' && dayOfWeek !== '*')
    refuse(
      `day of month ${dayOfMonth} and day of week ${dayOfWeek} together`,
      '* for one of them, as some schedulers run when both match and others when either does',
    );
  const schedule = {
    minutes: readField(minute, MINUTE),
    hours: readField(hour, HOUR),
    daysOfMonth: readField(dayOfMonth, DAY_OF_MONTH),
    months: readField(month, MONTH),
    daysOfWeek: readField(dayOfWeek, DAY_OF_WEEK),
  };
  if (!schedule.months.some((value) => (schedule.daysOfMonth[0] ?? 0) <= monthLength(value)))
    refuse(`day ${dayOfMonth} of month ${month}`, 'dates that exist, as this one would never run');
  return schedule;
}

function refuseNickname(nickname: string): never {
  const allowed = [...NICKNAMES.keys()].join(', ');
  const reason = nickname === '@reboot' ? '; the start of the host is not a time' : '';
  return refuse(JSON.stringify(nickname), `${allowed}, or five fields${reason}`);
}

/** Days of a month (1 to 12), of February in a leap year. */
export const monthLength = (month: number): number => MONTH_LENGTHS[month - 1] ?? 0;

export const isFull = (values: readonly number[], { min, max }: Field): boolean => values.length === max - min + 1;

/** Values of `OnCalendar=` (systemd.time(7)), each ending in ` UTC`. */
export function toOnCalendar({ minutes, hours, daysOfMonth, months, daysOfWeek }: Schedule): string[] {
  const part = (values: readonly number[], field: Field) => write(values, field, CALENDAR);
  // systemd's week starts on Monday, and a range may not wrap around its end.
  const week = daysOfWeek.map((day) => day || 7).sort();
  const days = isFull(week, DAY_OF_WEEK) ? '' : `${runs(week).map(weekdays).join(',')} `;
  const date = `*-${part(months, MONTH)}-${part(daysOfMonth, DAY_OF_MONTH)}`;
  return [`${days}${date} ${part(hours, HOUR)}:${part(minutes, MINUTE)}:00 UTC`];
}

/** Five fields that every cron and pg_cron read alike: numbers only, no nicknames, Sunday is 0. */
export function toCron({ minutes, hours, daysOfMonth, months, daysOfWeek }: Schedule): string {
  return [
    write(minutes, MINUTE, CRON),
    write(hours, HOUR, CRON),
    write(daysOfMonth, DAY_OF_MONTH, CRON),
    write(months, MONTH, CRON),
    write(daysOfWeek, DAY_OF_WEEK, CRON),
  ].join(' ');
}

/** How a scheduler writes a number, a range, and steps that go on to the end of the field. */
type Notation = {
  readonly value: (value: number) => string;
  readonly range: string;
  readonly steps: (first: number, step: number, field: Field) => string;
};

const twoDigits = (value: number): string => String(value).padStart(2, '0');

const CALENDAR: Notation = {
  value: twoDigits,
  range: '..',
  steps: (first, step) => `${twoDigits(first)}/${step}`,
};

const CRON: Notation = {
  value: String,
  range: '-',
  steps: (first, step, { min, max }) => `${first === min ? '*' : `${first}-${max}`}/${step}`,
};

function write(values: readonly number[], field: Field, notation: Notation): string {
  if (isFull(values, field)) return '*';
  // Months and weekdays are read more easily as lists.
  const step = field.names.length === 0 ? stepToEnd(values, field) : undefined;
  if (step !== undefined) return notation.steps(values[0] ?? field.min, step, field);
  return runs(values)
    .map((run) => run.map(notation.value).join(notation.range))
    .join(',');
}

/** The distance of three or more values that go on evenly (by more than 1) to the end of the field. */
export function stepToEnd(values: readonly number[], { max }: Field): number | undefined {
  const [first = 0, second = 0] = values;
  const step = second - first;
  const isEven = values.every((value, index) => value === first + index * step);
  return values.length >= 3 && step > 1 && isEven && (values.at(-1) ?? 0) + step > max ? step : undefined;
}

/** Ascending values in groups: `[first, last]` for three or more in a row, `[value]` for any other. */
export function runs(values: readonly number[]): number[][] {
  const rows: number[][] = [];
  for (const value of values) {
    const row = rows.at(-1);
    if (row?.at(-1) === value - 1) row.push(value);
    else rows.push([value]);
  }
  return rows.flatMap((row) => (row.length < 3 ? row.map((value) => [value]) : [[row[0] ?? 0, row.at(-1) ?? 0]]));
}

const DAYS = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const weekdays = (run: readonly number[]): string => run.map((day) => DAYS[day]).join('..');
