import { expect, test } from 'vitest';
import {
  cutoffOf,
  monthFrom,
  monthName,
  monthOf,
  monthsFrom,
  startOfMonth,
} from '../../../../src/runtime/shared/months.ts';
import { at, month } from '../partitions.ts';

test.each([
  ['2026-01-31T23:59:59.999Z', '2026-01'],
  ['2026-02-01T00:00:00Z', '2026-02'],
  ['2024-02-29T12:00:00Z', '2024-02'],
  ['2023-12-31T23:59:59Z', '2023-12'],
  ['1969-12-31T23:59:59Z', '1969-12'],
  ['0001-01-01T00:00:00Z', '0001-01'],
])('%s lies in %s', (instant, name) => {
  expect(monthName(monthOf(at(instant)))).toBe(name);
});

test.each(['2024-02', '2024-03', '2000-02', '1900-03', '0050-07', '0000-01'])(
  '%s starts at its first instant',
  (name) => {
    expect(new Date(startOfMonth(month(name))).toISOString()).toBe(`${name}-01T00:00:00.000Z`);
  },
);

test.each([
  ['2026-02-01T00:00:00Z', '2026-02'],
  ['2026-02-01T00:00:00.001Z', '2026-03'],
  ['2025-12-15T00:00:00Z', '2026-01'],
])('the first month from %s is %s', (instant, name) => {
  expect(monthName(monthFrom(at(instant)))).toBe(name);
});

test('bounds without end stay without end', () => {
  expect([monthOf(Infinity), monthFrom(-Infinity)]).toEqual([Infinity, -Infinity]);
});

test('months ahead go over the end of a year', () => {
  expect(monthsFrom(at('2026-11-30T23:59:59Z'), 2).map(monthName)).toEqual(['2026-11', '2026-12', '2027-01']);
  expect(monthsFrom(at('2026-11-30'), 0).map(monthName)).toEqual(['2026-11']);
});

test.each([
  ['2026-11-23', 12, '2025-11-01'],
  ['2026-01-01', 1, '2025-12-01'],
  ['2024-03-31', 1, '2024-02-01'],
  ['2026-01-31T23:59:59Z', 25, '2023-12-01'],
])('at %s keeping %i months, the cutoff is %s', (now, keep, cutoff) => {
  expect(cutoffOf(at(now), keep)).toBe(at(cutoff));
});
