import { expect, test } from 'vitest';
import { dayOf, monthOf, monthsBetween, nameOfMonth, startOfMonth } from '../../../src/demo/months.ts';

const lastInstant = new Date('2026-12-31T23:59:59.999Z');

test('months are those of UTC', () => {
  expect(monthOf(lastInstant)).toBe('2026-12');
  expect(dayOf(lastInstant)).toBe('2026-12-31');
  expect(nameOfMonth(lastInstant)).toBe('December 2026');
});

test('offsets cross the year in both directions', () => {
  expect(startOfMonth(lastInstant).toISOString()).toBe('2026-12-01T00:00:00.000Z');
  expect(startOfMonth(lastInstant, 1).toISOString()).toBe('2027-01-01T00:00:00.000Z');
  expect(startOfMonth(lastInstant, -14).toISOString()).toBe('2025-10-01T00:00:00.000Z');
});

test('both ends belong to the months between', () => {
  expect(monthsBetween(new Date('2026-11-30'), new Date('2027-01-01'))).toEqual(['2026-11', '2026-12', '2027-01']);
});
