import { expect, test } from 'vitest';
import { graceEntries } from '../../../../src/runtime/catalog/grace.ts';
import { isInUse } from '../../../../src/runtime/catalog/marked-tables.ts';
import { markerText } from '../../../../src/runtime/catalog/marker.ts';
import { recoveryOf } from '../../../../src/runtime/retention/recovery.ts';
import { commentSql } from '../../../../src/runtime/shared/ddl.ts';
import { marked, marker } from '../marked.ts';
import { at } from '../partitions.ts';

const window = { table: 's.t', due: new Set([7]), cutoff: at('2025-11-01'), graceDays: 3 };

test.each([
  [{ state: 'attached' }, {}, 'again'],
  [{ state: 'attached' }, { due: new Set<number>() }, 'unmark'],
  [{ state: 'pending' }, {}, 'finalize'],
  [{}, {}, 'settle'],
  [{}, { cutoff: at('2025-01-31') }, 'leave'],
  [{ isOriginal: false, state: 'attached' }, {}, 'leave'],
  [{ isOwner: false }, {}, 'leave'],
  [{}, { table: 's.other' }, 'leave'],
] as const)('%j in %j: %s', (table, change, what) => {
  expect(recoveryOf(marked(table), { ...window, ...change })).toMatchObject({ what });
});

test('restore is offered for what a longer retention would have kept', () => {
  expect(recoveryOf(marked(), { ...window, cutoff: at('2024-11-01') })).toMatchObject({
    why: 's.t_2025_01, which held [2025-01-01, 2025-02-01), is within the retention as it is now and is kept; to put it back: boms-partitions.sh restore 2025-01',
  });
});

test('a restore that was begun keeps its table, and a person can give it back', () => {
  const restoring = '2026-11-22T00:00:00.000Z';
  expect(recoveryOf(marked({ marker: { ...marker, restoring } }), window)).toEqual({
    what: 'leave',
    table: expect.anything(),
    why: `the restore of s.t_2025_01 was begun at 2026-11-22 and not finished, so it is kept; to finish it: boms-partitions.sh restore 2025-01; to give it back to retention: ${commentSql({ schema: 's', name: 't_2025_01' }, markerText(marker))};`,
  });
});

test('in use are the months from the current one to the last that ensure makes', () => {
  const holds = (from: string, to: string) => marked({ marker: { ...marker, from, to } });
  expect(isInUse(holds('2026-10-01T00:00:00Z', '2026-11-01T00:00:00Z'), at('2026-11-23'), 1)).toBe(false);
  expect(isInUse(holds('2026-12-01T00:00:00Z', '2027-01-01T00:00:00Z'), at('2026-11-23'), 1)).toBe(true);
  expect(isInUse(holds('2027-01-01T00:00:00Z', '2027-02-01T00:00:00Z'), at('2026-11-23'), 1)).toBe(false);
});

test('in grace is what is detached and was marked itself, until its days are over', () => {
  const all = [marked(), marked({ state: 'pending' }), marked({ isOriginal: false })];
  expect(graceEntries(all, 3)).toEqual([
    {
      oid: 7,
      set: 'boms',
      partition: 's.t_2025_01',
      heldAs: 's.t_2025_01',
      from: at('2025-01-01'),
      to: at('2025-02-01'),
      at: at('2026-11-20'),
      dropAfter: at('2026-11-23'),
      isRestoring: false,
      rows: 3,
      bytes: 8192,
    },
  ]);
});
