import { expect, test } from 'vitest';
import { parseEnvironmentFile } from '../../../../src/runtime/dsn/environment-file.ts';

/** Expectations follow systemd's `parse_env_file_internal` (src/basic/env-file.c), state by state. */
test.each<[string, string, Record<string, string>]>([
  ['a plain value', 'A=b c\n', { A: 'b c' }],
  ['no line break at the end', 'A=b', { A: 'b' }],
  ['white space around key and value', '  A =  b  \t\n', { A: 'b' }],
  ['comments of both kinds', '# A=1\n; A=2\n  # A=3\nB=4', { B: '4' }],
  ['a # inside a value', 'A=b#c ;d', { A: 'b#c ;d' }],
  ['a comment that ends in a backslash ends with its line', '# x \\\nA=1', { A: '1' }],
  ['an escaped character inside a comment', '# a\\b\nA=1', { A: '1' }],
  ['CRLF', 'A=b\r\nC=d\r\n', { A: 'b', C: 'd' }],
  ['the last assignment wins', 'A=1\nA=2', { A: '2' }],
  ['an empty value', 'A=\nB=""', { A: '', B: '' }],
  ['a line without =', 'nonsense\nA=1', { A: '1' }],
  ['= in the value', 'A=Host=a;Database=b', { A: 'Host=a;Database=b' }],
  ['export is part of the name', 'export A=1', { 'export A': '1' }],
  ['$ and % stand for themselves', 'A=$HOME %n `x`', { A: '$HOME %n `x`' }],
  ['single quotes keep everything', "A='a\\b\"c$ '", { A: 'a\\b"c$ ' }],
  ['double quotes unescape four characters', 'A="\\\\ \\" \\` \\$ \\n \\%"', { A: '\\ " ` $ \\n \\%' }],
  ['quotes keep line breaks', 'A="a\nb"\nB=\'c\nd\'', { A: 'a\nb', B: 'c\nd' }],
  ['a continuation line in double quotes', 'A="a\\\nb"', { A: 'ab' }],
  ['a continuation line without quotes', 'A=a\\\n  b\n', { A: 'a  b' }],
  ['an escape without quotes', 'A=a\\ b\\"\\\\', { A: 'a b"\\' }],
  ['an escaped space at the end stays', 'A=a\\ ', { A: 'a ' }],
  ['quoted parts are joined', `A="a" 'b'c`, { A: 'abc' }],
  ['quotes after an unquoted start are literal', `A=a"b"'c'`, { A: `a"b"'c'` }],
  ['text after a quoted part goes on unquoted', 'A="a" b "c"', { A: 'ab "c"' }],
  ['an open quote reaches to the end', 'A="a\nB=c', { A: 'a\nB=c' }],
  ['astral characters', 'A=🐘é', { A: '🐘é' }],
])('%s', (_, text, variables) => {
  expect(Object.fromEntries(parseEnvironmentFile(text))).toEqual(variables);
});

test('the hard password comes back whole', () => {
  const text = "PG_DSN=\"Host=a;Password='a;b\\\"c''d \\$e %f\\\\g'\"\n";
  expect(parseEnvironmentFile(text).get('PG_DSN')).toBe(`Host=a;Password='a;b"c''d $e %f\\g'`);
});
