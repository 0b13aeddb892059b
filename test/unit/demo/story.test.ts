import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { DemoEvent, DemoResult, Partition } from '../../../src/demo/events.ts';
import { startOfMonth } from '../../../src/demo/months.ts';
import { eventText, resultText } from '../../../src/demo/story.ts';

const now = new Date('2026-11-24T12:00:00Z');

const partition = (offset: number, rows: number): Partition => ({
  name: `artifact_boms_${offset}`,
  from: startOfMonth(now, offset),
  to: startOfMonth(now, offset + 1),
  rows,
});

const result: DemoResult = {
  now,
  before: [partition(-2, 5), partition(-1, 1000), partition(0, 400)],
  after: [partition(-1, 1000), partition(0, 400), partition(1, 1)],
  runs: [],
};

test('the result says what was dropped, what is new and how long ingest is safe', () => {
  const text = resultText(result, false);
  expect(text).toContain('3 partitions, 1,401 rows, runway 37 days (until 2027-01-01)');
  expect(text).toContain('Sep Oct Nov Dec');
  expect(text).toMatch(/dropped +new/);
});

test('before the jobs run the coming month is shown as missing', () => {
  const text = eventText({ kind: 'filled', migration: 'b/a.sql', partitions: result.before, now }, false);
  expect(text).toContain('runway 6 days (until 2026-12-01)');
  expect(text).toMatch(/Sep Oct Nov Dec\n.*\n +no partition\n/);
  expect(text).toContain('Applied a.sql, then filled 3 months');
});

const textOf = (output: string, exitCode = 0) =>
  eventText({ kind: 'ran', run: { command: './a.sh 1', exitCode, output } }, false);

test('a run shows the command, its output and its exit code', () => {
  expect(textOf('one\n\ntwo\n')).toBe('\n  $ ./a.sh 1\n  one\n\n  two\n  exit 0\n');
  expect(textOf('', 7)).toBe('\n  $ ./a.sh 1\n  exit 7\n');
});

test('of many kept partitions the first two are shown', () => {
  const kept = (count: number) => Array.from({ length: count }, (_, index) => `kept ${index}\n`).join('');
  expect(textOf(`dropped a\n${kept(14)}done\n`)).toBe(
    '\n  $ ./a.sh 1\n  dropped a\n  kept 0\n  kept 1\n  ... 12 more lines: kept\n  done\n  exit 0\n',
  );
  expect(textOf(kept(4))).toContain('kept 3');
});

test('colour adds nothing but control characters', () => {
  const events: DemoEvent[] = [
    { kind: 'booting' },
    { kind: 'booted', version: '18.6', milliseconds: 2345 },
    { kind: 'inserted', month: 'December 2026', refusal: 'no partition' },
    { kind: 'inserted', month: 'December 2026', refusal: undefined },
    { kind: 'opened', dsn: 'Host=127.0.0.1;Password=***' },
  ];
  for (const event of events) {
    expect(stripVTControlCharacters(eventText(event, true))).toBe(eventText(event, false));
  }
  expect(stripVTControlCharacters(resultText(result, true))).toBe(resultText(result, false));
});
