import { expect, test } from 'vitest';
import { idleObjection } from '../../../../src/runtime/catalog/idle.ts';
import { at, fallback, monthly, partition } from '../partitions.ts';

const NOW = at('2026-11-23T08:00:00Z');
const empty = { hasRows: false };

/** Months with rows, and those without any. */
const months = (filled: readonly string[], without: readonly string[] = []) => [
  ...filled.map((text) => monthly(text)),
  ...without.map((text) => monthly(text, empty)),
];

/** Months that begin so many hours after those of UTC. */
const zoned = (hours: number, names: readonly string[]) =>
  months(names).map((one) => ({ ...one, from: one.from + hours * 3_600_000, to: one.to + hours * 3_600_000 }));

const WEEK_MS = 7 * 86_400_000;
const weeks = (first: string, howMany: number) =>
  Array.from({ length: howMany }, (_, index) =>
    partition(at(first) + index * WEEK_MS, at(first) + (index + 1) * WEEK_MS),
  );

test.each([
  ['ingest goes on', months(['2026-09', '2026-10', '2026-11'], ['2026-12'])],
  ['the current month has no row yet', months(['2026-09', '2026-10'], ['2026-11'])],
  ['one quiet month', months(['2026-07', '2026-08', '2026-10', '2026-11'], ['2026-09'])],
  ['a new table', months(['2026-11'])],
  ['an empty table', months([], ['2026-10', '2026-11'])],
  ['a gap that is older than the newest rows but one', months(['2026-01', '2026-10', '2026-11'])],
  ['rows ahead of time', months(['2026-10', '2026-11', '2027-03'])],
  [
    'what cannot be known counts as filled',
    [...months(['2026-05']), monthly('2026-11', { hasRows: null }), monthly('2026-10', { hasRows: null })],
  ],
  [
    'a quarter counts for each of its months',
    [partition(at('2026-07-01'), at('2026-10-01')), monthly('2026-11'), monthly('2026-10', empty)],
  ],
  ['up to MAXVALUE', [monthly('2026-01'), partition(at('2026-02-01'), Infinity)]],
  ['weeks', weeks('2026-09-28', 8)],
  ['months of New York', zoned(5, ['2026-09', '2026-10'])],
  ['months of Tokyo', zoned(-9, ['2026-09', '2026-10'])],
])('%s: nothing is suspicious', (_, partitions) => {
  expect(idleObjection(partitions, NOW)).toBeUndefined();
});

test.each([
  [
    'the current and the previous month are empty',
    months(['2026-05', '2026-06'], ['2026-10', '2026-11', '2026-12']),
    /^the last month with rows is 2026-06, and the clocks say 2026-11; .*--allow-idle/,
  ],
  ['they have no partition', months(['2026-05', '2026-06']), /^the last month with rows is 2026-06,/],
  [
    'ingest goes by the wrong clock, too',
    months(['2026-05', '2026-06', '2026-11'], ['2026-10']),
    /^between 2026-11 and the last month with rows before it, 2026-06, lie 4 months without rows/,
  ],
  [
    'a season of two months',
    months(['2026-07', '2026-10', '2026-11'].slice(0, 2), ['2026-11']),
    /lie 2 months without rows/,
  ],
  ['months of New York', zoned(5, ['2026-08', '2026-09']), /^the last month with rows is 2026-09/],
  ['a gap in New York', zoned(5, ['2026-08', '2026-11']), /^between 2026-11 and .* 2026-08, lie 2 months/],
  ['a gap in Tokyo', zoned(-9, ['2026-08', '2026-11']), /^between 2026-11 and .* 2026-08, lie 2 months/],
  ['rows of next month in Tokyo', zoned(-9, ['2026-08', '2026-12']), /^the last month with rows is 2026-08/],
  ['weeks', weeks('2026-08-31', 4), /^the last month with rows is 2026-09/],
  ['DEFAULT says nothing', [...months(['2026-05']), fallback()], /^the last month with rows is 2026-05/],
])('%s: nothing may be dropped', (_, partitions, message) => {
  expect(idleObjection(partitions, NOW)).toMatch(message);
});
