import { expect, test } from 'vitest';
import { compare } from '../../../../src/runtime/catalog/changes.ts';
import { faultsOfEnsure, wantedMonths } from '../../../../src/runtime/ensure/plan.ts';
import { monthName, monthsFrom } from '../../../../src/runtime/shared/months.ts';
import { at, fallback, monthly, partition, run } from '../partitions.ts';

const wanted = monthsFrom(at('2026-11-23'), 1);
const before = run('2026-09', 2);
const [oldest] = before;
const faults = (after: typeof before) => faultsOfEnsure(compare(before, after), wanted);

test('whole months that were wanted are welcome, some or all of them', () => {
  expect(faults(before)).toEqual([]);
  expect(faults([...before, monthly('2026-12')])).toEqual([]);
  expect(faults([...before, ...run('2026-11', 2)])).toEqual([]);
});

test.each([
  ['a removal', before.slice(1), /^it removed s\.p\d+ \[2026-09-01, 2026-10-01\)$/],
  ['other bounds', before.map((p) => (p === oldest ? { ...p, to: at('2026-09-30') } : p)), /^it altered .*2026-09-30/],
  ['a detach begun', before.map((p) => (p === oldest ? { ...p, pending: true } : p)), /^it altered/],
  ['a month that nobody wanted', [...before, monthly('2027-01')], /2027_01 .* not asked for$/],
  ['a month of the past', [...before, monthly('2026-08')], /2026_08 .* not asked for$/],
  ['a short month', [...before, partition(at('2026-11-01'), at('2026-11-30'))], /not one whole month in UTC$/],
  [
    'a month of another zone',
    [...before, partition(at('2026-10-31T23:00:00Z'), at('2026-11-30T23:00:00Z'))],
    /2026-10-31T23:00:00Z.* not one whole/,
  ],
  ['two months in one', [...before, partition(at('2026-11-01'), at('2027-01-01'))], /not one whole month/],
  ['a DEFAULT partition', [...before, fallback()], /DEFAULT, which is not one whole month/],
  ['a partition without end', [...before, partition(at('2026-11-01'), Infinity)], /infinity\), which is not one whole/],
  ['the same months under other oids', run('2026-09', 2), /^it removed/],
])('%s is a fault', (_, after, message) => {
  expect(faults(after)[0]).toMatch(message);
});

test.each([
  ['equal', '2026-11-23', ['2026-11', '2026-12']],
  ['behind, in an earlier month', '2026-10-31', ['2026-11', '2026-12']],
  ['in the next month already', '2026-12-01', ['2026-11', '2026-12', '2027-01']],
  ['years ahead', '2036-01-01', ['2026-11', '2026-12', '2027-01']],
])("where the host's clock is %s, the wanted months are", (_, hostNow, months) => {
  expect(wantedMonths(at('2026-11-23'), at(hostNow), 1).map(monthName)).toEqual(months);
});

test('no function is asked for more months than it must be able to take', () => {
  expect(wantedMonths(at('2026-11-23'), at('2026-12-01'), 120)).toHaveLength(121);
});
