import { expect, test } from 'vitest';
import { allowedOf, growth, type Series, scalingSection, skippedScaling } from '../../bench/scaling/scaling-section.ts';

/** Milliseconds by months, at so much for the start and for each month. */
const byMonth = (script: (months: number) => number, psql: (months: number) => number): Series => ({
  unit: 'month',
  points: [1, 12, 120].map((months) => ({ sets: 1, months, script: script(months), psql: psql(months) })),
});

const straight = byMonth(
  (months) => 80 + 12 * months,
  (months) => 40 + 10 * months,
);

test('a straight line does not grow, however long the start takes', () => {
  expect([growth(straight, 'script'), growth(straight, 'psql')]).toEqual([1, 1]);
});

test('a square is seen as one', () => {
  const square = byMonth(
    (months) => 80 + months ** 2,
    (months) => 40 + months,
  );
  expect(growth(square, 'script')).toBeCloseTo(121 / 13);
  expect(scalingSection([square], 30).missed).toContain('ensure is not linear by month');
});

test('where the server itself bends, so may ensure', () => {
  const bent = (months: number) => 10 * months ** 1.5;
  expect(scalingSection([byMonth(bent, bent)], 30).missed).toEqual([]);
});

test.each([
  [{ sets: 1, months: 12, psql: 100, script: 0 }, 150],
  [{ sets: 1, months: 1, psql: 40, script: 0 }, 90],
  [{ sets: 10, months: 2, psql: 400, script: 0 }, 900],
])('of %j, %d ms are allowed', (point, allowed) => {
  expect(allowedOf(point, 30)).toBe(allowed);
});

test('the table, and what was missed', () => {
  const sets: Series = {
    unit: 'partition set',
    points: [1, 10].map((number) => ({ sets: number, months: 2, script: 101 * number, psql: 50 * number })),
  };
  const { rows, missed } = scalingSection([straight, sets], 25);
  expect(rows).toEqual([
    ['1 month', '92.0 ms', '50.0 ms', '1.8 ×', 'met'],
    ['12 months', '224 ms', '160 ms', '1.4 ×', 'met'],
    ['120 months', '1,520 ms', '1,240 ms', '1.2 ×', 'met'],
    ['1 partition set of 2 months', '101 ms', '50.0 ms', '2.0 ×', 'missed'],
    ['10 partition sets of 2 months', '1,010 ms', '500 ms', '2.0 ×', 'missed'],
  ]);
  expect(missed).toEqual(['ensure of 1 partition set of 2 months', 'ensure of 10 partition sets of 2 months']);
});

test('what cannot be compared is told, and misses nothing', () => {
  const { rows, missed } = skippedScaling('psql is not installed');
  expect([rows[0]?.slice(1, 3), missed]).toEqual([['skipped', 'psql is not installed'], []]);
});
