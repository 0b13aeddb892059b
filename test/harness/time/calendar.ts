/*
 * The oracle's own arithmetic: it goes by the texts of dates and walks from month to month, so that it does not repeat a mistake of the
 * product. A month is counted from the year 0, as `year × 12 + month − 1`; instants are milliseconds since the epoch.
 */

export type Month = number;

/** `2026-02`. */
export function monthName(month: Month): string {
  const year = String(Math.floor(month / 12)).padStart(4, '0');
  return `${year}-${String((month % 12) + 1).padStart(2, '0')}`;
}

export function monthOf(instant: number): Month {
  const [year = '', month = ''] = new Date(instant).toISOString().split('-');
  return Number(year) * 12 + Number(month) - 1;
}

export const startOfMonth = (month: Month): number => Date.parse(`${monthName(month)}-01T00:00:00Z`);

/** First instant that a retention of so many months keeps: from the first of the month, so many times back to the first before it. */
export function cutoffOf(now: number, keepMonths: number): number {
  let first = new Date(now).toISOString().slice(0, 7);
  for (let count = 0; count < keepMonths; count += 1)
    first = new Date(Date.parse(`${first}-01T00:00:00Z`) - 1).toISOString().slice(0, 7);
  return Date.parse(`${first}-01T00:00:00Z`);
}
