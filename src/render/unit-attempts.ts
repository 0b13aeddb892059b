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
 * How often systemd starts a failed job again. systemd counts starts within an interval. So the interval must be longer than all attempts,
 * even if each one hangs, and shorter than the time between two runs of the timer. False if no interval is both: then the timer's next run
 * is the next attempt. `timeoutStart` in milliseconds.
 */
export function boundedAttempts(schedule: Schedule, timeoutStart: number): Attempts | false {
  const interval = BURST * (timeoutStart + STOP + DELAY) + MINUTE;
  if (shortestGap(schedule) <= interval) return false;
  return { burst: BURST, delay: formatDuration(DELAY), interval: formatDuration(interval) };
}

/** The shortest time between two runs, in milliseconds; at most a day, because a schedule may name consecutive days. */
function shortestGap({ hours, minutes }: Schedule): number {
  const times = hours.flatMap((hour) => minutes.map((minute) => (hour * 60 + minute) * MINUTE));
  const next = [...times.slice(1), (times[0] ?? 0) + DAY];
  return Math.min(...times.map((time, index) => (next[index] ?? 0) - time));
}
