/** The first instant, in UTC, of the month that lies `offset` months after the one of `instant`. */
export function startOfMonth(instant: Date, offset = 0): Date {
  return new Date(Date.UTC(instant.getUTCFullYear(), instant.getUTCMonth() + offset));
}

/** `YYYY-MM` of an instant, in UTC. */
export function monthOf(instant: Date): string {
  return instant.toISOString().slice(0, 7);
}

/** `YYYY-MM-DD` of an instant, in UTC. */
export function dayOf(instant: Date): string {
  return instant.toISOString().slice(0, 10);
}

/** `December 2026`, in UTC. */
export function nameOfMonth(instant: Date): string {
  return instant.toLocaleString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' });
}

/** Every `YYYY-MM` from the first to the last, both included. */
export function monthsBetween(first: Date, last: Date): string[] {
  const months: string[] = [];
  for (let month = startOfMonth(first); month <= last; month = startOfMonth(month, 1)) months.push(monthOf(month));
  return months;
}
