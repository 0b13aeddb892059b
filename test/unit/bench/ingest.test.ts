import { expect, test } from 'vitest';
import { type Figures, figuresOf, type Outcome } from '../../bench/ingest/figures.ts';
import { ingestSection } from '../../bench/ingest/ingest-section.ts';

const SETTING = { clients: 4, perSecond: 400, lead: 1_000, reader: 6_000, tail: 1_000 };

const run = (worst: number): Figures => ({
  worst,
  p999: worst / 2,
  p99: worst / 4,
  inserts: 3_200,
  latestSend: 1,
  maintenance: 5_000,
});

const outcome = (name: string, ...worst: number[]): Outcome => ({
  name,
  what: name,
  runs: worst.map(run),
  failures: [],
});

test('the figures of a run', () => {
  const latencies = [...new Array<number>(1_998).fill(1), 40, 5_000];
  expect(figuresOf({ latencies, latestSend: 3, failures: [] })).toEqual({
    worst: 5_000,
    p999: 1,
    p99: 1,
    inserts: 2_000,
    latestSend: 3,
  });
});

test('medians of the runs, beside those of no maintenance', () => {
  const { rows, missed, notes } = ingestSection(
    [outcome('none', 20, 10, 900), outcome('plain', 5_000, 5_100, 4_900), outcome('concurrent', 35, 30, 70)],
    SETTING,
  );
  expect(rows).toEqual([
    ['none', '1.0 ×', '1.0 ×'],
    ['plain', '250 ×', '250 ×'],
    ['concurrent', '1.8 ×', '1.8 ×'],
  ]);
  expect(missed).toEqual([]);
  expect(notes[1]).toContain('met (1.8 ×)');
});

test('a worst insert above what is allowed is a missed target', () => {
  const { missed } = ingestSection([outcome('none', 20), outcome('concurrent', 41)], SETTING);
  expect(missed).toEqual(['the worst insert: strategy concurrent at most 2 × none']);
});

test('a variant that once did not do its work gets no figures, and is a missed target', () => {
  const failed: Outcome = {
    name: 'plain',
    what: 'plain',
    runs: [run(1)],
    failures: ['the months afterwards are none'],
  };
  const { rows, missed } = ingestSection([outcome('none', 20), failed, outcome('concurrent', 20)], SETTING);
  expect(rows[1]).toEqual(['plain', 'failed', 'the months afterwards are none']);
  expect(missed).toEqual(['plain: the months afterwards are none']);
});

test('without a run of ours the target is not met', () => {
  const failed: Outcome = { name: 'concurrent', what: 'ours', runs: [], failures: ['exit code 8'] };
  expect(ingestSection([outcome('none', 20), failed], SETTING).missed).toHaveLength(2);
});

test('a variant that cannot be run here is told with its reason, and misses nothing', () => {
  const skipped: Outcome = { name: 'pg_partman', what: 'pg_partman', skipped: 'not there' };
  const { rows, missed } = ingestSection([outcome('none', 20), outcome('concurrent', 20), skipped], SETTING);
  expect([rows[2], missed]).toEqual([['pg_partman', 'skipped', 'not there'], []]);
});
