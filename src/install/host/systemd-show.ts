/** `Name=value` lines, as `systemctl show` prints them, by name. */
export const parseProperties = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split('\n').map((line) => {
      const equals = line.indexOf('=');
      return [line.slice(0, equals), line.slice(equals + 1)];
    }),
  );

/**
 * `Day YYYY-MM-DD HH:MM:SS UTC`, with or without microseconds, in milliseconds since the epoch; undefined for nothing, which
 * means never. Of the timestamps that `systemctl show` prints some heed `--timestamp=us+utc` and some TZ alone.
 */
export function parseTimestamp(text: string | undefined): number | undefined {
  const match = /^\w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d{3})?)\d* UTC$/.exec(text ?? '');
  return match ? Date.parse(`${match[1]}T${match[2]}Z`) : undefined;
}
