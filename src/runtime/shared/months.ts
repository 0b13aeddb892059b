/**
 * Months of the UTC calendar as whole numbers: `year × 12 + month − 1`, so that adding months is adding numbers.
 * Instants are milliseconds since the epoch; ±Infinity stands for a bound without end.
 */
export type Month = number;

/** The month that an instant lies in; ±Infinity stays what it is. */
export function monthOf(instant: number): Month {
  if (!Number.isFinite(instant)) return instant;
  const date = new Date(instant);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** First instant of a month. */
export function startOfMonth(month: Month): number {
  // Date.UTC would read the years 0 to 99 as 1900 to 1999.
  return new Date(0).setUTCFullYear(Math.floor(month / 12), month - Math.floor(month / 12) * 12, 1);
}

/** The first month that starts at an instant or after it; ±Infinity stays what it is. */
export function monthFrom(instant: number): Month {
  const month = monthOf(instant);
  return Number.isFinite(month) && startOfMonth(month) < instant ? month + 1 : month;
}

/** `2026-02`. */
export function monthName(month: Month): string {
  return new Date(startOfMonth(month)).toISOString().replace(/-01T.*$/, '');
}

/** The month that an instant lies in and the `ahead` months after it. */
export function monthsFrom(instant: number, ahead: number): Month[] {
  return Array.from({ length: ahead + 1 }, (_, index) => monthOf(instant) + index);
}

/** First instant that a retention of `keepMonths` keeps: the start of the current month less `keepMonths`. */
export function cutoffOf(now: number, keepMonths: number): number {
  return startOfMonth(monthOf(now) - keepMonths);
}
