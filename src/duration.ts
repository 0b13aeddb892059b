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
