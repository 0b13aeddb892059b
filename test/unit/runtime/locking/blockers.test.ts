import { expect, test } from 'vitest';
import { freeName } from '../../../../src/runtime/catalog/free-name.ts';
import { type Blocker, blockersText, lasting } from '../../../../src/runtime/locking/blockers.ts';

const blocker = (rest: Partial<Blocker> = {}): Blocker => ({
  id: '3/7',
  pid: 12,
  user: 'u',
  application: 'psql',
  ageMs: 1_000,
  ...rest,
});

test.each([
  ['younger than the limit', { ageMs: 119_999 }, [], false],
  ['as old as the limit', { ageMs: 120_000 }, [], true],
  ['of unknown age, there from the start', { ageMs: null }, ['3/7'], true],
  ['of unknown age, came later', { ageMs: null }, ['3/6'], false],
])('a holder that is %s: %j', (_, rest, seen, expected) => {
  expect(lasting([blocker(rest)], new Set(seen), 120_000)).toHaveLength(expected ? 1 : 0);
});

test('what is known of a holder is told', () => {
  expect(
    blockersText([
      blocker({ ageMs: 180_000 }),
      blocker({ user: null, application: '', ageMs: null }),
      blocker({ pid: null }),
    ]),
  ).toBe('process 12 (user u, application psql, in its transaction for 3 min), process 12, a prepared transaction');
});

test('a name with the OID behind has 63 bytes at most, and no half characters', () => {
  expect(freeName('boms_2025_01', 4711)).toBe('boms_2025_01_4711');
  expect(freeName('ä'.repeat(31), 4711)).toBe(`${'ä'.repeat(29)}_4711`);
});
