import { expect, test } from 'vitest';
import { largest, median, percentile } from '../../bench/statistics.ts';

const upTo = (last: number) => Array.from({ length: last }, (_, index) => last - index);

test.each([
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
  [[10, 9], 9.5],
  [[7], 7],
])('the median of %j is %d', (values, expected) => {
  expect(median(values)).toBe(expected);
});

test.each([
  [0.99, 990],
  [0.999, 999],
  [1, 1_000],
  [0.0001, 1],
  [0, 1],
])('of the numbers up to 1,000, a share of %d does not exceed %d', (share, expected) => {
  expect(percentile(upTo(1_000), share)).toBe(expected);
});

test('one of a thousand that is slow is not yet in the p99.9, two are', () => {
  expect(percentile([...upTo(999).fill(1), 5_000], 0.999)).toBe(1);
  expect(percentile([...upTo(998).fill(1), 5_000, 5_000], 0.999)).toBe(5_000);
});

test('numbers are compared as numbers, and the given order stays', () => {
  const values = [9, 10, 100];
  expect([largest(values), values]).toEqual([100, [9, 10, 100]]);
});

test('nothing measured is no figure', () => {
  expect([median([]), percentile([], 0.99), largest([])]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
