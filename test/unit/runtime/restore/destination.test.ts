import { expect, test } from 'vitest';
import { moveStatements } from '../../../../src/runtime/restore/destination.ts';

const held = { schema: 'hotlookup_grace', name: 't_9' };
const home = { schema: 's', name: 't' };
const free = { exists: true, usable: true, taken: [] };

test('a table that is where it belongs does not move', () => {
  expect(moveStatements(home, home, { ...free, movables: [{ oid: 9, name: 't', kind: 'r' }] })).toEqual([]);
});

test('a table that somebody has renamed where it belongs gets its name back', () => {
  const movables = [{ oid: 9, name: 'mine', kind: 'r' }];
  expect(moveStatements({ ...home, name: 'mine' }, home, { ...free, movables })).toEqual([
    'ALTER TABLE "s"."mine" RENAME TO "t"',
  ]);
});

test('names that were changed on the way out are changed back, after the move', () => {
  const movables = [
    { oid: 9, name: 't_9', kind: 'r' },
    { oid: 10, name: 't_idx_10', kind: 'i' },
    { oid: 11, name: 't_id_seq_11', kind: 'S' },
    { oid: 12, name: 't_pkey', kind: 'i' },
  ];
  expect(moveStatements(held, home, { ...free, movables })).toEqual([
    'ALTER TABLE "hotlookup_grace"."t_9" SET SCHEMA "s"',
    'ALTER TABLE "s"."t_9" RENAME TO "t"',
    'ALTER INDEX "s"."t_idx_10" RENAME TO "t_idx"',
    'ALTER SEQUENCE "s"."t_id_seq_11" RENAME TO "t_id_seq"',
  ]);
});

test('a name that somebody else has by now gets the OID behind it, before the move', () => {
  const movables = [
    { oid: 10, name: 't_idx_10', kind: 'i' },
    { oid: 12, name: 't_pkey', kind: 'i' },
  ];
  expect(moveStatements({ ...held, name: 't' }, home, { ...free, movables, taken: ['t_idx', 't_pkey'] })).toEqual([
    'ALTER INDEX "hotlookup_grace"."t_pkey" RENAME TO "t_pkey_12"',
    'ALTER TABLE "hotlookup_grace"."t" SET SCHEMA "s"',
  ]);
});
