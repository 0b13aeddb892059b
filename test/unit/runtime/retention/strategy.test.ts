import { expect, test } from 'vitest';
import type { DetachConditions } from '../../../../src/runtime/retention/concurrent/conditions.ts';
import { chooseStrategy } from '../../../../src/runtime/retention/strategy.ts';
import { fallback } from '../partitions.ts';

const conditions: DetachConditions = {
  user: 'u',
  isDirect: true,
  tableOid: 1,
  owner: 'o',
  isOwner: true,
  foreignOwned: [],
  unfit: [],
  fallback: undefined,
  references: [],
};
const table = { schema: 's', name: 't' };

test('concurrent where nothing is in the way', () => {
  expect(chooseStrategy('auto', 0, conditions).chosen).toBe('concurrent');
  expect(chooseStrategy('concurrent', 3, conditions).chosen).toBe('concurrent');
  expect(chooseStrategy('function', 0, conditions)).toEqual({ chosen: 'function', why: 'the spec says so' });
});

test.each([
  [{ isDirect: false }, 7, /pooler/],
  [{ isOwner: false }, 5, /the role u is not a member of o, which owns the table$/],
  [{ foreignOwned: [{ ...table, owner: 'p' }] }, 5, /member of p, which owns s\.t$/],
  [{ unfit: [table] }, 7, /s\.t is no ordinary table/],
  [{ fallback: fallback() }, 7, /DEFAULT partition \(s\.t_default\)/],
])('%j: auto falls back and says why, concurrent is refused, grace too', (change, exitCode, why) => {
  const found = { ...conditions, ...change };
  expect(chooseStrategy('auto', 0, found)).toEqual({ chosen: 'function', why: expect.stringMatching(why) });
  expect(() => chooseStrategy('concurrent', 0, found)).toThrow(
    expect.objectContaining({ exitCode, message: expect.stringMatching(why) }),
  );
  expect(() => chooseStrategy('auto', 1, found)).toThrow(expect.objectContaining({ exitCode: 7 }));
});

test('every reason is told', () => {
  expect(chooseStrategy('auto', 0, { ...conditions, isDirect: false, isOwner: false }).why).toMatch(
    /pooler.*; the role u/,
  );
});
