import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tripped } from '../../../src/runtime/breakers.ts';
import type { Breakers } from '../../../src/runtime/settings.ts';
import { formatSizeAtLeast, parseSize } from '../../../src/size.ts';
import { run } from './partitions.ts';

const MB = 1024 ** 2;
const NONE: Breakers = { maxDropShare: 100, maxDrops: undefined, maxDropBytes: undefined };

/** What is said of so many partitions of one size, out of sixteen. */
function said(number: number, bytes: number | null, breakers: Partial<Breakers>, allowed = {}): string[] {
  const planned = run('2024-01', number).map((partition) => ({ ...partition, bytes }));
  const limits = { breakers: { ...NONE, ...breakers }, allowDrops: undefined, allowDropBytes: undefined, ...allowed };
  return tripped(planned, 16, limits);
}

describe('in one run', () => {
  test.each([
    ['nothing', said(0, MB, { maxDropShare: 1, maxDrops: 1, maxDropBytes: 1 })],
    ['all, without limits', said(16, MB, {})],
    ['exactly the share', said(8, MB, { maxDropShare: 50 })],
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
    [
      'a share of less than one',
      said(1, MB, { maxDropShare: 6 }),
      `maxDropShare (6 %); ${leave} --allow-drops 1 allows`,
    ],
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
      'holds it exclusively, and maxDropBytes (1.0 MB) is a limit',
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
