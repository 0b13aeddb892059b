import { expect, test } from 'vitest';
import { markdown, milliseconds, times } from '../../bench/section.ts';

test('a section is a heading, a table and its notes', () => {
  const section = {
    title: 'A title',
    columns: [{ title: 'What' }, { title: 'Median', align: 'right' as const }],
    rows: [['one', '1.0 ms']],
    notes: ['A note.'],
    missed: [],
    figures: {},
  };
  expect(markdown(section)).toBe('## A title\n\n| What | Median |\n| --- | ---: |\n| one | 1.0 ms |\n\nA note.\n');
});

test.each([
  [0.04, '0.0 ms'],
  [12.345, '12.3 ms'],
  [99.94, '99.9 ms'],
  [123.4, '123 ms'],
  [5_031.6, '5,032 ms'],
])('%d in milliseconds is %s', (value, text) => {
  expect(milliseconds(value)).toBe(text);
});

test.each([
  [0.96, '1.0 ×'],
  [1.449, '1.4 ×'],
  [193.6, '194 ×'],
])('%d times is %s', (value, text) => {
  expect(times(value)).toBe(text);
});

test('what was not measured is unknown', () => {
  expect([milliseconds(Number.NaN), times(Number.NaN)]).toEqual(['unknown', 'unknown']);
});
