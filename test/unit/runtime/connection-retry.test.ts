import { expect, test } from 'vitest';
import { pauseBefore } from '../../../src/runtime/connection-retry.ts';

test('pauses double up to two seconds, and half of each is random', () => {
  expect([0, 1, 2, 5, 40].map((round) => pauseBefore(round, 1))).toEqual([100, 200, 400, 2_000, 2_000]);
  expect(pauseBefore(0, 0)).toBe(50);
});
