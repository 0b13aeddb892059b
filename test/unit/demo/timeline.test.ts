import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { type Column, drawTimeline } from '../../../src/demo/timeline.ts';

const columns: Column[] = [
  { month: '2025-11', rows: undefined, note: { text: 'dropped', color: 'red' } },
  { month: '2025-12', rows: undefined, note: { text: 'dropped', color: 'red' } },
  { month: '2026-01', rows: 100 },
  { month: '2026-02', rows: 300 },
  { month: '2026-03', rows: 0, note: { text: 'new', color: 'green' } },
];

test('bars, rows, months, years and notes stand in one column a month', () => {
  expect(drawTimeline(columns, false)).toEqual([
    '            ███',
    '            ███',
    '        ███ ███ ▁▁▁',
    ' -   -  100 300  0',
    'Nov Dec Jan Feb Mar',
    '2025    2026',
    'dropped         new',
  ]);
});

test('a note that is wider than the last column grows to the left', () => {
  const missing: Column[] = [
    { month: '2026-01', rows: 9 },
    { month: '2026-02', rows: undefined, note: { text: 'missing', color: 'yellow' } },
  ];
  expect(drawTimeline(missing, false).at(-1)).toBe('missing');
});

test('colour adds nothing but control characters', () => {
  const colored = drawTimeline(columns, true);
  expect(colored.join('')).toContain('\u001b[31m');
  expect(colored.map(stripVTControlCharacters)).toEqual(drawTimeline(columns, false));
});
