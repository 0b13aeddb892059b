const UNITS = [
  ['min', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

export const DURATION_PATTERN = /^(\d{1,7})(ms|s|min)$/;

/** Milliseconds of `50ms`, `30s` or `5min` (spelled as systemd.time(7) spells them); undefined if it is none of these. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION_PATTERN.exec(text);
  if (!match) return undefined;
  const unit = UNITS.find(([name]) => name === match[2]);
  return unit && Number(match[1]) * unit[1];
}

/** The shortest exact spelling that `parseDuration` reads back as the same number of milliseconds. */
export function formatDuration(milliseconds: number): string {
  const unit = UNITS.find(([, size]) => milliseconds % size === 0) ?? (['ms', 1] as const);
  return `${milliseconds / unit[1]}${unit[0]}`;
}

const SECOND = 1_000;
const SPANS = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const;

/** A time span for people, rounded down, in the largest unit of which there are two: `3 days`, `36 h`, `12 min`, `90 s`; below 10 s with a decimal. */
export function spellSpan(milliseconds: number): string {
  const unit = SPANS.find(([, size]) => milliseconds >= 2 * size);
  if (unit) return `${Math.floor(milliseconds / unit[1])} ${unit[0]}`;
  const seconds = milliseconds / SECOND;
  return `${seconds > 0 && seconds < 10 && !Number.isInteger(seconds) ? seconds.toFixed(1) : Math.floor(seconds)} s`;
}
