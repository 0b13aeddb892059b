import type { Schedule } from '../../spec/schedule.ts';

/** When alerts about a job are due; whole seconds. */
export type AlertLimits = {
  /** The last success of a healthy job is never older. */
  readonly staleAfter: number;
  /** A healthy job always leaves more runway. */
  readonly shortRunway: number;
};

const DAY = 86_400;
/** Leap years, and every first day of a month on every day of the week. */
const YEARS = [2024, 2052] as const;
/** Enough time to repair a job in office hours. */
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
 * One run may fail. The last success is stale if the run after that has not succeeded either, or one day after the failed run if that is
 * sooner. Runway is short if it is less than half of what is left just before a run.
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
