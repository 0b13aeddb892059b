import { expect, test } from 'vitest';
import { gaps, missingMonths, runwayEnd } from '../../../../src/runtime/catalog/coverage.ts';
import { monthName, monthsFrom } from '../../../../src/runtime/shared/months.ts';
import { at, fallback, monthly, partition, run } from '../partitions.ts';

const wanted = monthsFrom(at('2026-11-23'), 2);

test.each([
  ['all there', run('2026-10', 4), []],
  ['nothing at all', [], ['2026-11', '2026-12', '2027-01']],
  ['a hole', [monthly('2026-11'), monthly('2027-01')], ['2026-12']],
  ['a quarter counts as three months', [partition(at('2026-11-01'), at('2027-02-01'))], []],
  [
    'halves of a month count together',
    [
      partition(at('2026-11-01'), at('2026-11-16')),
      partition(at('2026-11-16'), at('2026-12-01')),
      ...run('2026-12', 2),
    ],
    [],
  ],
  ['half a month is no month', [partition(at('2026-11-01'), at('2026-11-16')), ...run('2026-12', 2)], ['2026-11']],
  [
    'a bound off by an hour',
    [
      partition(at('2026-11-01'), at('2026-11-30T23:00:00Z')),
      partition(at('2026-11-30T23:00:00Z'), at('2026-12-31T23:00:00Z')),
    ],
    ['2026-12', '2027-01'],
  ],
  ['no ends', [partition(-Infinity, Infinity)], []],
  ['a pending detach takes no rows', [monthly('2026-11', { pending: true }), ...run('2026-12', 2)], ['2026-11']],
  ['DEFAULT is no month', [fallback(), ...run('2026-11', 2)], ['2027-01']],
])('missing months: %s', (_, partitions, missing) => {
  expect(missingMonths(partitions, wanted).map(monthName)).toEqual(missing);
});

test('gaps lie between attached partitions only', () => {
  const partitions = [
    monthly('2026-01'),
    monthly('2026-02', { pending: true }),
    ...run('2026-03', 2),
    monthly('2026-08'),
    fallback(),
  ];
  expect(gaps(partitions)).toEqual([
    { from: at('2026-02-01'), to: at('2026-03-01') },
    { from: at('2026-05-01'), to: at('2026-08-01') },
  ]);
  expect(gaps(run('2026-01', 12))).toEqual([]);
});

test.each([
  ['until the first gap', [...run('2026-10', 3), monthly('2027-02')], at('2027-01-01')],
  ['nothing holds now', run('2026-01', 3), null],
  ['without end', [partition(at('2026-01-01'), Infinity)], Infinity],
])('runway: %s', (_, partitions, end) => {
  expect(runwayEnd(partitions, at('2026-11-23T10:00:00Z'))).toBe(end);
});
