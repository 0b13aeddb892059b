/** Milliseconds since the epoch. */
export type Instant = number;

/** A stretch of true time, `until` not included, in which the host is on or off and its clock is ahead by so much. */
export type Stretch = {
  readonly from: Instant;
  readonly until: Instant;
  readonly isUp: boolean;
  readonly aheadMs: number;
};

/**
 * When a timer with Persistent=true starts its job, in true time. `next` gives the first run after an instant of the host's
 * clock; `installed` is when the timer was first enabled. As systemd.timer(5) and systemd's src/core/timer.c say: the next run counts
 * from the last one, runs that were missed are made up for once, and a clock that was set back takes the last run with it.
 */
export function firings(
  next: (after: Instant) => Instant,
  installed: Instant,
  stretches: readonly Stretch[],
): Instant[] {
  const fired: Instant[] = [];
  let last = installed;
  for (const { from, until, aheadMs } of stretches.filter(({ isUp }) => isUp)) {
    last = Math.min(last, from + aheadMs);
    for (;;) {
      const at = Math.max(from, next(last) - aheadMs);
      if (at >= until) break;
      fired.push(at);
      last = at + aheadMs;
    }
  }
  return fired;
}
