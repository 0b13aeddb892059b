const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const;

/** A time span in one unit, rounded down: `3 days`, `1 hour`, `12.3 s`. */
export function spellSpan(milliseconds: number): string {
  const unit = UNITS.find(([, size]) => milliseconds >= size);
  if (!unit) return `${(milliseconds / 1000).toFixed(milliseconds < 60_000 && milliseconds > 0 ? 1 : 0)} s`;
  const number = Math.floor(milliseconds / unit[1]);
  return `${number} ${unit[0]}${number === 1 ? '' : 's'}`;
}

/** `2026-12-01 00:10:00 UTC` */
export const spellMoment = (instant: number): string =>
  `${new Date(instant).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `in 3 days`, `2 hours ago` */
export const spellDistance = (instant: number, now: number): string =>
  instant >= now ? `in ${spellSpan(instant - now)}` : `${spellSpan(now - instant)} ago`;
