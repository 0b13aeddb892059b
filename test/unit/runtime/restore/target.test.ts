import { expect, test } from 'vitest';
import type { Catalog } from '../../../../src/runtime/catalog/catalog.ts';
import type { MarkedTable } from '../../../../src/runtime/catalog/marked-tables.ts';
import { locateInGrace, locateNamed } from '../../../../src/runtime/restore/target.ts';
import { monthOf } from '../../../../src/runtime/shared/months.ts';
import { marked, marker as ofJanuary } from '../marked.ts';
import { at, monthly, NO_SETTINGS } from '../partitions.ts';

const marker = { ...ofJanuary, comment: 'mine' };
const held = (rest: Partial<MarkedTable> = {}): MarkedTable =>
  marked({ schema: 'hotlookup_grace', name: 't_2025_01_7', marker, comment: 'hotlookup {}', ...rest });
const catalog: Catalog = {
  now: at('2026-11-23'),
  user: 'u',
  parent: null,
  routineSchema: null,
  settings: NO_SETTINGS,
  partitions: [monthly('2026-11')],
};
const sought = (month: string, ...marked: MarkedTable[]) => ({
  set: 'boms',
  table: { schema: 's', name: 't' },
  month: monthOf(at(`${month}-01`)),
  catalog,
  marked,
});
const refused = (exitCode: number, message: RegExp) =>
  expect.objectContaining({ exitCode, message: expect.stringMatching(message) });

test('what is in grace goes back to its name, with the bounds and the comment that it had', () => {
  expect(locateInGrace(sought('2025-01', held()))).toEqual({
    target: {
      oid: 7,
      current: { schema: 'hotlookup_grace', name: 't_2025_01_7' },
      destination: { schema: 's', name: 't_2025_01' },
      from: at('2025-01-01'),
      to: at('2025-02-01'),
      currentComment: 'hotlookup {}',
      comment: 'mine',
      marker,
    },
  });
});

test.each([
  ['a quarter', { ...marker, to: '2025-04-01T00:00:00.000Z' }],
  ['all that was before', { ...marker, from: null, to: '2025-04-01T00:00:00.000Z' }],
])('%s is found by any month that it held', (_, wide) => {
  expect(locateInGrace(sought('2025-03', held({ marker: wide })))).toMatchObject({ target: { oid: 7 } });
});

test.each([
  [
    'half a month',
    '2025-01',
    held({ marker: { ...marker, to: '2025-01-16T00:00:00.000Z' } }),
    5,
    /no partition in grace held the whole of 2025-01; in grace are/,
  ],
  ['another month', '2025-02', held(), 5, /no partition in grace held the whole of 2025-02/],
  ['a copy', '2025-01', held({ isOriginal: false }), 5, /nothing of this table is in grace/],
  ['what was of another table', '2025-01', held({ marker: { ...marker, table: 's.u' } }), 5, /no partition in grace/],
  ['a pending detach', '2025-01', held({ state: 'pending' }), 7, /the detach of .* is pending/],
  [
    'a name that can be read twice',
    '2025-01',
    held({ marker: { ...marker, partition: 'a.b.c' } }),
    7,
    /more than one way/,
  ],
] as const)('%s is not what is looked for', (_, month, table, exitCode, message) => {
  expect(() => locateInGrace(sought(month, table))).toThrow(refused(exitCode, message));
});

test('two of one month are a choice for a person', () => {
  const two = [held(), held({ oid: 8, name: 'u', marker: { ...marker, oid: 8 } })];
  expect(() => locateInGrace(sought('2025-01', ...two))).toThrow(refused(7, /2 tables in grace held 2025-01/));
  expect(
    locateNamed(sought('2025-01', ...two), { oid: 8, schema: 'hotlookup_grace', name: 'u', comment: '' }),
  ).toMatchObject({
    target: { oid: 8, destination: { schema: 's', name: 't_2025_01' } },
  });
});

test('a month that has its partition needs nothing; in grace comes first', () => {
  expect(locateInGrace(sought('2026-11'))).toEqual({ already: catalog.partitions[0] });
});

test('a table of a backup holds the month that is named, and stays where it is, unless that is the holding schema', () => {
  const copy = { oid: 9, schema: 'old', name: 'c', comment: 'tape' };
  expect(locateNamed(sought('2024-02'), copy)).toEqual({
    target: {
      oid: 9,
      current: { schema: 'old', name: 'c' },
      destination: { schema: 'old', name: 'c' },
      from: at('2024-02-01'),
      to: at('2024-03-01'),
      currentComment: 'tape',
      comment: 'tape',
      marker: undefined,
    },
  });
  expect(() => locateNamed(sought('2024-02'), { ...copy, schema: 'hotlookup_grace' })).toThrow(
    refused(7, /no marker says what it is/),
  );
  const comment = `hotlookup ${JSON.stringify({ ...marker, oid: 3 })}`;
  expect(locateNamed(sought('2024-02'), { ...copy, schema: 'hotlookup_grace', comment })).toMatchObject({
    target: { destination: { schema: 's', name: 't_2025_01' }, comment: 'mine', currentComment: comment },
  });
});

test('what another set has in grace is not for this one', () => {
  const comment = `hotlookup ${JSON.stringify({ ...marker, set: 'others' })}`;
  expect(() => locateNamed(sought('2025-01'), { oid: 7, schema: 'x', name: 'y', comment })).toThrow(
    refused(7, /in grace for the partition set others, not boms/),
  );
});
