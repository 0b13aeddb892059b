import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Breakers } from '../../../../src/runtime/command/settings.ts';
import { tripped } from '../../../../src/runtime/retention/breakers.ts';
import { formatSizeAtLeast, parseSize } from '../../../../src/size.ts';
import { at, fallback, partition, run } from '../partitions.ts';

const DAY_MS = 86_400_000;
const MB = 1024 ** 2;
const NOW = at('2026-11-23');
const NONE: Breakers = { maxDropShare: 100, maxDrops: undefined, maxDropBytes: undefined };

/** What is said of so many partitions of one size, out of sixteen. */
function said(number: number, bytes: number | null, breakers: Partial<Breakers>, allowed = {}): string[] {
  const planned = run('2024-01', number).map((partition) => ({ ...partition, bytes }));
  const limits = { breakers: { ...NONE, ...breakers }, allowDrops: undefined, allowDropBytes: undefined, ...allowed };
  return tripped(planned, [...planned, ...run('2025-06', 16 - number), ...run('2026-12', 24)], NOW, limits);
}

describe('in one run', () => {
  test.each([
    ['nothing', said(0, MB, { maxDropShare: 1, maxDrops: 1, maxDropBytes: 1 })],
    ['all, without limits', said(16, MB, {})],
    ['exactly the share', said(8, MB, { maxDropShare: 50 })],
    ['one, whatever its share', said(1, MB, { maxDropShare: 1 })],
    ['exactly the number', said(3, MB, { maxDrops: 3 })],
    ['exactly the size', said(3, MB, { maxDropBytes: 3 * MB })],
    ['more than the share, allowed', said(9, MB, { maxDropShare: 50 }, { allowDrops: 9 })],
    ['more than the number, allowed', said(4, MB, { maxDrops: 3 }, { allowDrops: 4 })],
    ['more than the size, allowed', said(4, MB, { maxDropBytes: MB }, { allowDropBytes: 4 * MB })],
    ['an unknown size, without a limit', said(4, null, {})],
  ])('%s may go', (_, objections) => {
    expect(objections).toEqual([]);
  });

  const leave = 'if it is really to go,';
  test.each([
    ['the share', said(9, MB, { maxDropShare: 50 }), `maxDropShare (50 %); ${leave} --allow-drops 9 allows`],
    ['the number', said(4, MB, { maxDrops: 3 }), `maxDrops (3); ${leave} --allow-drops 4 allows`],
    [
      'both',
      said(9, MB, { maxDropShare: 25, maxDrops: 3 }),
      `maxDropShare (25 %) and maxDrops (3); ${leave} --allow-drops 9`,
    ],
    ['what was allowed', said(4, MB, {}, { allowDrops: 3 }), `--allow-drops 3; ${leave} --allow-drops 4 allows`],
    [
      'the size',
      said(3, MB, { maxDropBytes: 2 * MB }),
      `3.0 MB would go in one run, more than maxDropBytes (2.0 MB); ${leave} --allow-drop-bytes 3380kB allows`,
    ],
    [
      'the allowed size',
      said(3, MB, {}, { allowDropBytes: MB }),
      `--allow-drop-bytes (1.0 MB); ${leave} --allow-drop-bytes 3380kB`,
    ],
    [
      'what can be measured',
      said(1, null, { maxDropBytes: MB }),
      'so maxDropBytes (1.0 MB) cannot be checked; run it again',
    ],
    [
      'the size, allowed in number alone',
      said(3, MB, { maxDropBytes: MB }, { allowDrops: 3 }),
      '--allow-drop-bytes 3380kB',
    ],
    ['the number, allowed in size alone', said(3, MB, { maxDrops: 2 }, { allowDropBytes: 3 * MB }), '--allow-drops 3'],
  ])('more than %s may not', (_, objections, words) => {
    expect(objections).toEqual([expect.stringContaining(words)]);
  });

  test('too many and too much are both told', () => {
    expect(said(3, MB, { maxDrops: 2, maxDropBytes: MB })).toHaveLength(2);
  });
});

test('the size that an option is to allow is at least what goes, and little more', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1024 ** 5 }), (bytes) => {
      const read = parseSize(formatSizeAtLeast(bytes)) ?? 0;
      expect(read).toBeGreaterThanOrEqual(bytes);
      expect(read).toBeLessThanOrEqual(bytes * 1.1);
    }),
  );
});

/** The same of partitions with rows or bytes of their own, oldest first, of which the first few are to go. */
function saidOf(going: number, sizes: ReadonlyArray<{ rows: number | null; heapBytes: number | null }>): string[] {
  const all = run('2025-06', sizes.length).map((partition, index) => ({ ...partition, ...sizes[index] }));
  const limits = { breakers: { ...NONE, maxDropShare: 50 }, allowDrops: undefined, allowDropBytes: undefined };
  return tripped(all.slice(0, going), [...all, ...run('2026-12', 24), fallback()], NOW, limits);
}

test('months ahead, which are empty, and DEFAULT do not dilute a share', () => {
  expect(saidOf(11, Array(13).fill({ rows: 10, heapBytes: 8192 }))).toEqual([
    expect.stringMatching(/^11 of 13 partitions that have begun would go in one run, more than maxDropShare \(50 %\)/),
  ]);
});

test('a share is of rows, too; of bytes where a partition has no estimate; what stays and cannot be measured counts as nothing', () => {
  const big = { rows: 900, heapBytes: 9 * MB };
  const small = { rows: 10, heapBytes: MB };
  expect(saidOf(2, [big, big, ...Array(6).fill(small)])).toEqual([
    expect.stringMatching(
      /^97 % of all rows, as estimated, would go in one run, more than maxDropShare .* --allow-drops 2 /,
    ),
  ]);
  expect(saidOf(2, [big, big, ...Array(6).fill({ ...small, rows: null })])).toEqual([
    expect.stringMatching(/^75 % of all bytes without indexes would go in one run/),
  ]);
  const unknown = { rows: null, heapBytes: null };
  expect(saidOf(2, [big, big, ...Array(5).fill(small), unknown])).toEqual([expect.stringMatching(/^97 % of all rows/)]);
  expect(saidOf(2, [{ ...big, rows: null }, big, ...Array(5).fill(small), unknown])).toEqual([
    expect.stringMatching(/^78 % of all bytes without indexes/),
  ]);
  expect(saidOf(2, [unknown, big, ...Array(6).fill(small)])).toEqual([
    expect.stringMatching(
      /^the contents of .* cannot be measured, so maxDropShare \(50 %\) cannot be checked; .*--allow-drops 2 /,
    ),
  ]);
  expect(saidOf(1, [unknown, ...Array(6).fill(small)])).toEqual([]);
  expect(saidOf(2, [small, small, ...Array(6).fill(big)])).toEqual([]);
});

test('what one month leaves never trips a share, be it weeks or days', () => {
  const days = (first: string, howMany: number, rest = {}) =>
    Array.from({ length: howMany }, (_, index) =>
      partition(at(first) + index * DAY_MS, at(first) + (index + 1) * DAY_MS, rest),
    );
  const limits = { breakers: { ...NONE, maxDropShare: 50 }, allowDrops: undefined, allowDropBytes: undefined };
  const january = days('2026-01-01', 31, { rows: 1_000 });
  const kept = days('2026-02-01', 29, { rows: 10 });
  expect(tripped(january, [...january, ...kept], at('2026-03-01T00:15:00Z'), limits)).toEqual([]);
  const december = days('2025-12-31', 1, { rows: 1_000 });
  expect(tripped([...december, ...january], [...december, ...january, ...kept], at('2026-03-01'), limits)).toEqual([
    expect.stringMatching(/^32 of 61 partitions that have begun .*maxDropShare/),
  ]);
});

test('a pending detach that stays does not dilute a share', () => {
  const [all, stuck] = [run('2025-06', 6), run('2025-01', 3).map((one) => ({ ...one, pending: true }))];
  const limits = { breakers: { ...NONE, maxDropShare: 50 }, allowDrops: undefined, allowDropBytes: undefined };
  expect(tripped(all.slice(0, 4), [...stuck, ...all], NOW, limits)).toEqual([expect.stringMatching(/^4 of 6 /)]);
});

test.each([1, 2, 12])(
  'a set that keeps %i months runs for 36 months without a person, however its months rise and fall',
  (keep) => {
    fc.assert(
      fc.property(fc.array(fc.nat(10 ** 6), { minLength: 60, maxLength: 60 }), (rows) => {
        const months = run('2020-01', 60).map((partition, index) => ({ ...partition, rows: rows[index] ?? 0 }));
        for (let current = 13; current < 13 + 36; current += 1) {
          const there = months.slice(current - keep - 1, current + 2);
          const [due] = there;
          const now = (months[current]?.from ?? 0) + 1;
          const limits = { breakers: { ...NONE, maxDropShare: 50 }, allowDrops: undefined, allowDropBytes: undefined };
          expect(tripped(due ? [due] : [], there, now, limits)).toEqual([]);
        }
      }),
      { numRuns: 20 },
    );
  },
);
