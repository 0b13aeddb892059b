import { expect, test } from 'vitest';
import { lockKey } from '../../../../src/runtime/locking/key.ts';
import { literal, qualified } from '../../../../src/runtime/shared/sql.ts';

test('a lock key is the same on every host and differs by set and job', () => {
  expect(lockKey('scanner-artifact-boms', 'ensure')).toBe('-6664807945125720563');
  const keys = ['a', 'b'].flatMap((set) => [lockKey(set, 'ensure'), lockKey(set, 'retention')]);
  expect(new Set(keys).size).toBe(4);
  for (const key of keys) expect(BigInt.asIntN(64, BigInt(key)).toString()).toBe(key);
});

test.each([
  [{ schema: 's', name: 't' }, '"s"."t"'],
  [{ schema: 'S x', name: `a"b'c\\d;--` }, `"S x"."a""b'c\\d;--"`],
])('identifiers %j', (name, sql) => {
  expect(qualified(name)).toBe(sql);
});

test.each([
  ['a', `'a'`],
  [`it's`, `'it''s'`],
  [`\\'`, ` E'\\\\'''`],
])('literal %j', (text, sql) => {
  expect(literal(text)).toBe(sql);
});
