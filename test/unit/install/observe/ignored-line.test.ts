import { expect, test } from 'vitest';
import { ignoredLine } from '../../../../src/install/observe/ignored-line.ts';

test.each([
  ['export PG_DSN="Host=h;Password=zqsecret"\n', 'line 1 begins with export, which only a shell knows'],
  ['\uFEFFPG_DSN="Host=h"\n', 'line 1 begins with a byte order mark'],
  ['# a comment\r\nPG_DSN: "Host=h"\r\n', 'line 2 has a colon where = must be'],
  ['X=1\nset PG_DSN=Host=h', 'line 2 begins with a word that only a shell knows'],
  ['"PG_DSN"="Host=h"', 'line 1 has quotes around the name'],
  ['pg_dsn=Host=h', 'line 1 does not spell the name PG_DSN as it is'],
  ['# PG_DSN is not here\n', undefined],
  ['PGPASSWORD=x\n', undefined],
])('%j', (text, expected) => {
  expect(ignoredLine(text)).toBe(expected);
});
