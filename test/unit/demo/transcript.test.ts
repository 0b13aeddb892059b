import { expect, test } from 'vitest';
import type { Partition } from '../../../src/demo/events.ts';
import { monthOf, nameOfMonth, startOfMonth } from '../../../src/demo/months.ts';
import { eventText, resultText } from '../../../src/demo/story.ts';
import { findExcerpt, maskTranscript, timelineOf } from '../../harness/render/transcript.ts';

/** The texts of a demo at another time, in another folder, on another port. */
function story(now: Date, folder: string, port: number): string {
  const partition = (offset: number): Partition => ({
    name: `artifact_boms_${monthOf(startOfMonth(now, offset)).replace('-', '_')}`,
    from: startOfMonth(now, offset),
    to: startOfMonth(now, offset + 1),
    rows: 100,
  });
  const months = Array.from({ length: 15 }, (_, index) => partition(index - 14));
  const output = `dropped scanner.${months[0]?.name} [${monthOf(startOfMonth(now, -14))}-01, …)\n`;
  return [
    eventText({ kind: 'rendered', folder, paths: ['MANIFEST.json'] }, false),
    eventText({ kind: 'booted', version: '18.6', milliseconds: port }, false),
    eventText({ kind: 'filled', migration: 'a.sql', partitions: months, now }, false),
    eventText({ kind: 'opened', dsn: `Host=127.0.0.1;Port=${port};Password=***` }, false),
    eventText({ kind: 'inserted', month: nameOfMonth(startOfMonth(now, 1)), refusal: undefined }, false),
    eventText({ kind: 'ran', run: { command: './a.sh 12 false', exitCode: 0, output } }, false),
    resultText({ now, before: months, after: [...months.slice(2), partition(1)], runs: [] }, false),
  ].join('');
}

const readme = story(new Date('2026-11-24T12:00:00Z'), '/tmp/hotlookup-demo-aB3xyz', 41234);

test.each(['2026-11-30T23:59:59Z', '2027-01-01T00:00:00Z', '2028-02-29T06:00:00Z', '2026-12-31T00:00:00Z'])(
  'a demo at %s has the same masked transcript',
  (instant) => {
    expect(maskTranscript(story(new Date(instant), '/var/tmp/hotlookup-demo-Q9q9q9', 5))).toBe(maskTranscript(readme));
  },
);

test('what differs in more than date, place and time differs masked', () => {
  expect(maskTranscript(readme.replace('-01, …', '-02, …'))).not.toBe(maskTranscript(readme));
  expect(maskTranscript(readme.replace('exit 0', 'exit 7'))).not.toBe(maskTranscript(readme));
  expect(maskTranscript(readme.replace('2025_09', '2025_10'))).not.toBe(maskTranscript(readme));
});

test('an excerpt is what stands fenced between its markers', () => {
  const markdown =
    '# A\n<!-- transcript: before -->\n```text\none\ntwo\n```\n<!-- end -->\n```\nthree\n```\n' +
    '<!-- transcript: after -->\n```\nfour\n```\n<!-- end -->\n';
  expect(findExcerpt(markdown, 'before')).toBe('one\ntwo\n');
  expect(findExcerpt(markdown, 'after')).toBe('four\n');
  expect(findExcerpt('# A\n```\nthree\n```\n', 'before')).toBeUndefined();
});

test('a timeline is its first line and its chart, and no more of the output', () => {
  const before = timelineOf(readme, 'before');
  expect(before).toMatch(/^Before: 15 partitions, 1,500 rows.*\n\n/);
  expect(before).toContain('no partition');
  expect(before).not.toContain('PG_DSN');
  const after = timelineOf(readme, 'after');
  expect(after).toMatch(/^After: 14 partitions.*\n\n/);
  expect(after).toContain('dropped  ');
  expect(after).not.toContain('exit 0');
  expect(maskTranscript(after ?? '')).not.toBe(maskTranscript((after ?? '').replace('100', '101')));
  expect(timelineOf('nothing', 'before')).toBeUndefined();
  expect(timelineOf(`${before}\n${before}`, 'before')).toBeUndefined();
});
