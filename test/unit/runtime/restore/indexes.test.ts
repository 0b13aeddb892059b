import { expect, test } from 'vitest';
import { restoreCommand } from '../../../../src/runtime/command/restore-command.ts';
import { missingIndexes } from '../../../../src/runtime/restore/indexes.ts';
import { at } from '../partitions.ts';

const index = (name: string, shape: string, isValid = true) => ({
  name,
  shape,
  isValid,
  isUnique: false,
  constraint: null,
  tail: '',
});
const names = (found: ReadonlyArray<ReturnType<typeof index>>) =>
  missingIndexes([index('one', 'a'), index('two', 'a'), index('three', 'b')], found).map(({ name }) => name);

test('each index wants a partner of its own, a valid one', () => {
  expect(names([])).toEqual(['one', 'two', 'three']);
  expect(names([index('x', 'a'), index('y', 'b')])).toEqual(['two']);
  expect(names([index('x', 'a'), index('y', 'b', false), index('z', 'a')])).toEqual(['three']);
});

test.each([
  ['a month', at('2025-01-01'), at('2025-02-01'), '2025-01'],
  ['all before', -Infinity, at('2025-02-01'), '2025-01'],
  ['all after', at('2025-02-01'), Infinity, '2025-02'],
  ['everything', -Infinity, Infinity, 'YYYY-MM'],
])('%s comes back with a month that it held', (_, from, to, month) => {
  expect(restoreCommand('boms', { from, to })).toBe(`boms-partitions.sh restore ${month}`);
});
