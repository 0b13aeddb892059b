const UNITS = [
  ['TB', 1024 ** 4],
  ['GB', 1024 ** 3],
  ['MB', 1024 ** 2],
  ['kB', 1024],
  ['B', 1],
] as const;

export const SIZE_PATTERN = /^(\d{1,7})(TB|GB|MB|kB|B)$/;

/** The largest size that may be said: beyond it, bytes are no exact numbers any more. */
export const LARGEST_SIZE = 1024 ** 5;

/** Bytes of `500MB` or `10GB`, where 1 kB is 1024 B, as PostgreSQL counts; undefined if it is no such text. */
export function parseSize(text: string): number | undefined {
  const match = SIZE_PATTERN.exec(text);
  if (!match) return undefined;
  const unit = UNITS.find(([name]) => name === match[2]);
  return unit && Number(match[1]) * unit[1];
}

/** The shortest size that `parseSize` reads as at least so many bytes, and as at most a tenth more. */
export function formatSizeAtLeast(bytes: number): string {
  const [name, size] = UNITS.find(([, one]) => bytes % one === 0 || bytes >= 10 * one) ?? (['B', 1] as const);
  return `${Math.ceil(bytes / size)}${name}`;
}
