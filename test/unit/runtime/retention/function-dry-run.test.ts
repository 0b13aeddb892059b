import { expect, test } from 'vitest';
import { disagreements, namedPartitions } from '../../../../src/runtime/retention/function-dry-run.ts';
import { at, fallback, monthly } from '../partitions.ts';

const [old, older, recent] = [monthly('2025-02'), monthly('2025-01'), monthly('2026-01')];
const partitions = [older, old, recent, fallback()];
const cutoff = at('2025-11-01');
const disagree = (...values: string[]) =>
  disagreements(
    values.map((value) => ({ f: value })),
    partitions,
    [older, old],
    cutoff,
  );

test.each([
  ['names', ['s.t_2025_01', 't_2025_02']],
  ['quoted names', ['"s"."t_2025_01"', 's."t_2025_02"']],
  ['rows', ['(s.t_2025_01,"2025-01-01 00:00:00+00",,12)', '("""s"".""t_2025_02""",x)']],
  ['one that stays, and says so', ['s.t_2025_01', 's.t_2025_02', '(s.t_2026_01,"kept, as it is needed")']],
  ['nothing', []],
  ['something else', ['dropped 2 partitions']],
])('%s agree', (_, values) => {
  expect(disagree(...values)).toEqual([]);
});

test('more and less than what is due is told', () => {
  expect(disagree('s.t_2025_01', 's.t_2026_01')).toEqual([
    "the function's dry run names s.t_2026_01 [2026-01-01, 2026-02-01), which is to be kept",
    "the function's dry run leaves out s.t_2025_02 [2025-02-01, 2025-03-01)",
  ]);
  expect(disagree('s.t_2025_01', 's.t_2025_02', 't_default')).toEqual([expect.stringContaining('DEFAULT')]);
});

test('a pending detach beyond the cutoff may be named', () => {
  const pending = monthly('2024-12', { pending: true });
  expect(
    disagreements(
      [
        { a: 't_2024_12', b: null },
        { a: 't_2025_01', b: null },
      ],
      [pending, older],
      [older],
      cutoff,
    ),
  ).toEqual([]);
});

test('each is named once, in whatever column', () => {
  expect(
    namedPartitions(
      [
        { a: 't_2025_01', b: 's.t_2025_01' },
        { a: null, b: 't_2025_01' },
      ],
      partitions,
    ),
  ).toEqual([older]);
});
