import { expect, test } from 'vitest';
import { pauseMs } from '../../../../src/runtime/shared/backoff.ts';

test.each([
  [0, 0, 50],
  [0, 1, 150],
  [1, 0.5, 200],
  [10, 0.5, 2000],
])('after %i tries and a throw of %d the pause is %d ms', (tries, random, pause) => {
  expect(pauseMs(tries, random)).toBe(pause);
});
