import { expect, test } from 'vitest';
import { cutoffOf, monthName, monthOf, startOfMonth } from '../../../harness/time/calendar.ts';

test.each([
  ['2026-03-31T23:59:59Z', 1, '2026-02-01T00:00:00Z'],
  ['2026-03-01T00:00:00Z', 2, '2026-01-01T00:00:00Z'],
  ['2026-02-15T12:00:00Z', 12, '2025-02-01T00:00:00Z'],
  ['2024-03-01T00:00:00Z', 0, '2024-03-01T00:00:00Z'],
])('at %s a retention of %i months keeps from %s on', (now, keepMonths, cutoff) => {
  expect(new Date(cutoffOf(Date.parse(now), keepMonths)).toISOString()).toBe(cutoff.replace('Z', '.000Z'));
});

test('a month has a name, a start, and is that of its first and last instant', () => {
  const month = 2025 * 12 + 11;
  expect(monthName(month)).toBe('2025-12');
  expect(startOfMonth(month)).toBe(Date.UTC(2025, 11));
  expect([monthOf(startOfMonth(month)), monthOf(startOfMonth(month + 1) - 1)]).toEqual([month, month]);
});
