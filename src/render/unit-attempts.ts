import { formatDuration } from '../duration.ts';
import type { Schedule } from '../spec/schedule.ts';

/**
 * How systemd tries a failed run again: `burst` starts in all, `delay` after each end, counted over `interval`.
 * Time spans as systemd.time(7) spells them.
 */
export type Attempts = { readonly burst: number; readonly delay: string; readonly interval: string };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const BURST = 3;
/** Long enough for a server to restart or fail over. */
const DELAY = 5 * MINUTE;
/** `TimeoutStopSec=` of the units. */
const STOP = MINUTE;

/**
 * The limit must bite: it counts starts within the interval, so the interval outlasts all attempts, however long each one hangs. And it
 * must not count the timer's own starts. Where those come too often for both, it is false: the next run is the next attempt.
 * `timeoutStart` in milliseconds.
 */
export function boundedAttempts(schedule: Schedule, timeoutStart: number): Attempts | false {
  const interval = BURST * (timeoutStart + STOP + DELAY) + MINUTE;
  if (shortestGap(schedule) <= interval) return false;
  return { burst: BURST, delay: formatDuration(DELAY), interval: formatDuration(interval) };
}

/** Milliseconds that lie at least between two runs; at most a day, as the days of a schedule may follow each other. */
function shortestGap({ hours, minutes }: Schedule): number {
  const times = hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * MINUTE));
  const next = [...times.slice(1), (times[0] ?? 0) + DAY];
  return Math.min(...times.map((time, index) => (next[index] ?? 0) - time));
}
