import type { Schedule } from '../../spec/schedule.ts';

/** When an alert about a job makes sense; whole seconds. */
export type AlertLimits = {
  /** The last success of a healthy job is never longer ago. */
  readonly staleAfter: number;
  /** A healthy job never leaves less runway. */
  readonly shortRunway: number;
};

const DAY = 86_400;
/** Leap years, and every first day of a month on every day of the week. */
const YEARS = [2024, 2052] as const;
/** Long enough to mend a job at leisure. */
const MOST_RUNWAY = 14 * DAY;

/** Start of the month so many months after the one of a day, in seconds. */
function monthStart(day: Date, ahead: number): number {
  return Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + ahead) / 1_000;
}

/** All days on which a job runs, at midnight UTC. */
function runDays({ months, daysOfMonth, daysOfWeek }: Schedule): Date[] {
  const [first, last] = YEARS.map((year) => Date.UTC(year, 0));
  const days: Date[] = [];
  for (let time = first ?? 0; time < (last ?? 0); time += DAY * 1_000) {
    const day = new Date(time);
    const isDue =
      months.includes(day.getUTCMonth() + 1) &&
      daysOfMonth.includes(day.getUTCDate()) &&
      daysOfWeek.includes(day.getUTCDay());
    if (isDue) days.push(day);
  }
  return days;
}

/**
 * One run may fail, and the next one (or a day, where that comes later) mend it, before its success is stale. Half of the runway
 * that is left just before a run is short.
 */
export function alertLimits(schedule: Schedule, monthsAhead: number): AlertLimits {
  const times = schedule.hours.flatMap((hour) => schedule.minutes.map((minute) => (hour * 60 + minute) * 60));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const days = runDays(schedule);
  let longest = Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? 0)));
  let runway = MOST_RUNWAY * 2;
  for (const [index, day] of days.slice(1).entries()) {
    const before = days[index] ?? day;
    const next = day.getTime() / 1_000 + first;
    longest = Math.max(longest, next - (before.getTime() / 1_000 + last));
    runway = Math.min(runway, monthStart(before, monthsAhead + 1) - next);
  }
  return { staleAfter: longest + Math.min(longest, DAY), shortRunway: Math.max(0, Math.floor(runway / 2)) };
}
