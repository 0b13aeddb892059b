import fc from 'fast-check';
import { expect, test } from 'vitest';
import { candidates } from '../../../../src/runtime/catalog/catalog.ts';
import { compare } from '../../../../src/runtime/catalog/changes.ts';
import {
  clockObjections,
  faultsOfRetention,
  membersOf,
  objections,
  steps,
} from '../../../../src/runtime/retention/plan.ts';
import { cutoffOf, monthName, monthOf, startOfMonth } from '../../../../src/runtime/shared/months.ts';
import { at, fallback, monthly, partition, run } from '../partitions.ts';

const now = at('2026-11-23T08:00:00Z');
const cutoff = cutoffOf(now, 12);

test('what ends at the cutoff goes, what straddles it stays', () => {
  const ends = monthly('2025-10');
  const straddles = partition(at('2025-10-15'), at('2025-11-15'));
  const pending = monthly('2025-01', { pending: true });
  const old = partition(-Infinity, at('2020-01-01'));
  expect(candidates([old, pending, ends, straddles, ...run('2025-11', 14), fallback()], cutoff)).toEqual([old, ends]);
});

test('one step a month, oldest first, and partitions that end in the same month go together', () => {
  const planned = [
    ...run('2025-08', 2),
    partition(at('2025-10-01'), at('2025-10-16')),
    partition(at('2025-10-16'), at('2025-11-01')),
  ];
  expect(steps(planned, now).map(monthName)).toEqual(['2025-09', '2025-10', '2025-11']);
  expect(steps([partition(-Infinity, at('1800-01-01'))], now)).toEqual([monthOf(now) - 1200]);
});

test('the steps drop exactly the candidates, whatever the bounds', () => {
  const bounds = fc.uniqueArray(fc.integer({ min: -900, max: 30 }), { minLength: 2, maxLength: 20 });
  fc.assert(
    fc.property(bounds, fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 27 }), (days, keep, shift) => {
      const edges = days
        .sort((a, b) => a - b)
        .map((day) => startOfMonth(monthOf(now)) + (day * 3 - shift) * 86_400_000);
      const partitions = edges.slice(1).map((to, index) => partition(edges[index] ?? 0, to));
      const planned = candidates(partitions, cutoffOf(now, keep));
      const left = new Set(partitions);
      for (const firstKept of steps(planned, now)) {
        expect(monthOf(now) - firstKept).toBeGreaterThanOrEqual(keep);
        const members = membersOf([...left], firstKept);
        expect(members.length).toBeGreaterThan(0);
        for (const member of members) left.delete(member);
      }
      expect([...left]).toEqual(partitions.filter((one) => !planned.includes(one)));
    }),
  );
});

const rails = (partitions: ReturnType<typeof run>, rest = {}, unpromised: ReturnType<typeof run> = []) =>
  objections({
    partitions,
    planned: candidates(partitions, cutoff),
    unpromised,
    now,
    breakers: { maxDropShare: 50, maxDrops: undefined, maxDropBytes: undefined },
    allowDrops: undefined,
    allowDropBytes: undefined,
    ...rest,
  });

test.each([
  ['three of seventeen', rails(run('2025-08', 17)), []],
  ['exactly half', rails(run('2025-09', 4)), []],
  [
    'more than half',
    rails(run('2025-08', 5)),
    [/^3 of 5 partitions that have begun would go in one run, more than maxDropShare/],
  ],
  ['more than half, allowed', rails(run('2025-08', 5), { allowDrops: 3 }), []],
  ['more than was allowed', rails(run('2025-08', 5), { allowDrops: 2 }), [/more than --allow-drops 2;/]],
  [
    'fewer than half, but more than was allowed',
    rails(run('2025-08', 17), { allowDrops: 2 }),
    [/more than --allow-drops 2/],
  ],
  ['the newest too', rails(run('2025-01', 3), { allowDrops: 3 }), [/2025-03-01, 2025-04-01\) is the newest partition/]],
  ['nothing to drop', rails(run('2026-01', 12)), []],
  [
    'what an earlier run has left to drop counts, too',
    rails(run('2025-09', 4), {}, run('2025-08', 1)),
    [/^3 of 5 partitions that have begun would go in one run/],
  ],
])('rails: %s', (_, found, expected) => {
  expect(found).toEqual(expected.map((message) => expect.stringMatching(message)));
});

test.each([
  ['a day apart', 86_400_000, []],
  ['more than a day apart', -86_400_001, [/clocks of this host \(2026-11-22T07:59:59.999Z\).*differ/]],
])('clocks %s', (_, ahead, expected) => {
  expect(clockObjections(now, now + ahead)).toEqual(expected.map((message) => expect.stringMatching(message)));
});

test('nothing may change but what was planned', () => {
  const partitions = run('2025-08', 6);
  const planned = partitions.slice(0, 2);
  const faults = (after: typeof partitions) => faultsOfRetention(compare(partitions, after), planned);
  expect(faults(partitions.slice(2))).toEqual([]);
  expect(faults(partitions.slice(1))).toEqual([]);
  expect(faults(partitions.slice(3))).toEqual([expect.stringMatching(/dropped s\.p\d+ \[2025-10-01.*not planned$/)]);
  expect(faults([...partitions, monthly('2027-01')])).toEqual([expect.stringMatching(/^it created/)]);
  expect(faults(partitions.map((one) => ({ ...one, pending: true })))).toEqual([expect.stringMatching(/^it altered/)]);
});
