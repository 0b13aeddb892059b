import { expect, test } from 'vitest';
import { differences, faultsOf, untruths } from '../../../harness/faults/invariants.ts';
import type { TableState } from '../../../harness/faults/snapshot.ts';

const MARKER = { set: 'boms', oid: true };
const table = (name: string, month: string, changes: Partial<TableState> = {}): TableState => ({
  ...{ name, month, bounds: `FOR VALUES FROM ('${month}')`, pending: false, comment: null, owner: 'owner' },
  ...{ indexes: [], constraints: [], rows: '3 digest' },
  ...changes,
});

const OLD = table('boms_06', '2026-06-01');
const KEPT = table('boms_08', '2026-08-01');
const START = [OLD, KEPT];
const detached = (changes: Partial<TableState> = {}) => ({ ...OLD, bounds: null, comment: MARKER, ...changes });

test.each<[string, TableState[], string[]]>([
  ['nothing was done', START, []],
  ['the old month is gone', [KEPT], []],
  ['the old month is detached and marked', [detached(), KEPT], []],
  ['the old month is pending and marked', [{ ...OLD, pending: true, comment: MARKER }, KEPT], []],
  ['a kept month is gone', [OLD], ['the rows of boms_08 are lost']],
  ['a kept month is detached', [OLD, { ...KEPT, bounds: null, comment: MARKER }], ['boms_08 is not attached any more']],
  ['a detached table has no marker', [detached({ comment: null }), KEPT], ['nothing identifies boms_06']],
  [
    'a marker names another table',
    [detached({ comment: { ...MARKER, oid: false } }), KEPT],
    ['nothing identifies boms_06'],
  ],
  ['a detach is pending without a marker', [{ ...OLD, pending: true }, KEPT], ['nothing identifies boms_06']],
  [
    'rows of the old month are missing',
    [detached({ rows: '2 other' }), KEPT],
    ['the rows of boms_06 are not what they were: 3 digest, now 2 other'],
  ],
  [
    'a month is there twice',
    [OLD, detached({ name: 'grace.boms_06' }), KEPT],
    ['the rows of boms_06 are in boms_06 and grace.boms_06'],
  ],
])('%s', (_, now, faults) => {
  expect(faultsOf(START, now, '2026-08-01')).toEqual(faults);
});

test.each([
  ['dropped', 'dropped', 'ends before the cutoff', ['it says that boms_06 was dropped']],
  ['kept', 'kept', 'ends before the cutoff', ['it says that boms_06 was kept']],
  ['detached', 'detached', 'its table is still there as grace.boms_06', ['it says that grace.boms_06 is still there']],
  ['unknown', 'unknown', 'the connection ended', []],
] as const)('a report that says %s of a table that was detached', (_, action, reason, found) => {
  const line = { partition: 'boms_06', from: null, to: null, rows: null, bytes: null, until: null, heldAs: null };
  const report = { job: 'retention', partitions: [{ ...line, action, reason }] } as const;
  expect(untruths(report, [detached(), KEPT])).toEqual(found);
});

test('an end that is another one is told with both', () => {
  expect(differences(START, START)).toEqual([]);
  expect(differences(START, [KEPT, table('boms_09', '2026-09-01')])).toEqual([
    expect.stringMatching(/^instead of \{"name":"boms_06".* there is nothing$/),
    expect.stringMatching(/^instead of no boms_09 there is \{"name":"boms_09"/),
  ]);
});
