const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/**
 * How long to wait after a failed try (counted from 0), in milliseconds; `random` is in [0, 1). Doubles up to a limit; the
 * jitter (half to one and a half) keeps two hosts from meeting again and again.
 */
export function pauseMs(tries: number, random: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS) * (0.5 + random);
}
