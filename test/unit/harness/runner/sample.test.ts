import { expect, test } from 'vitest';
import { sampled } from '../../../harness/runner/sample.ts';

const ITEMS = Array.from({ length: 23 }, (_, index) => index);

test('one of each few neighbours is chosen, in their order, and the same again', () => {
  const chosen = sampled(ITEMS, { name: 'a', oneOf: 5, atLeast: 20 });
  expect(chosen.map((item) => Math.floor(item / 5))).toEqual([0, 1, 2, 3, 4]);
  expect(sampled(ITEMS, { name: 'a', oneOf: 5, atLeast: 20 })).toEqual(chosen);
});

test('all of them, if one of one is asked for', () => {
  expect(sampled(ITEMS, { name: 'a', oneOf: 1, atLeast: 1 })).toEqual(ITEMS);
});

test('a sweep that finds too few points fails', () => {
  expect(() => sampled([1, 2], { name: 'deaths', oneOf: 1, atLeast: 3 })).toThrow(
    'deaths: 2 points were found, fewer than 3',
  );
});
