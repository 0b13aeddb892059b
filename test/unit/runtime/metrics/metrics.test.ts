import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXIT, type ExitCode } from '../../../../src/errors.ts';
import { parseMetrics } from '../../../../src/runtime/metrics/parse.ts';
import type { EndedRun } from '../../../../src/runtime/metrics/run.ts';
import { SERIES } from '../../../../src/runtime/metrics/series.ts';
import { metricsText } from '../../../../src/runtime/metrics/text.ts';
import { fallback, monthly, partition } from '../partitions.ts';

const NOW = Date.parse('2026-02-10T00:00:00Z');
const RUN: EndedRun = {
  set: 'boms',
  job: 'retention',
  exitCode: EXIT.done,
  endedAt: NOW + 1_500,
  durationMs: 250,
  lockWaits: 2,
  created: 0,
  detached: 1,
  dropped: 3,
  inGrace: 4,
  isIdle: false,
  seen: { now: NOW, partitions: [monthly('2026-01'), monthly('2026-02'), monthly('2026-03')] },
};
/** A run that never got as far as the table. */
const BLIND: Partial<EndedRun> = {
  seen: undefined,
  isIdle: undefined,
  inGrace: undefined,
  detached: 0,
  dropped: 0,
  lockWaits: 0,
};

const left = (run: Partial<EndedRun>, earlier = new Map<string, number>()) => {
  const text = metricsText({ ...RUN, ...run }, earlier);
  const values = parseMetrics(text, { ...RUN, ...run });
  if (!values) throw new Error(`does not read what it has written:\n${text}`);
  return { text, values, value: (name: string) => values.get(`hotlookup_${name}`) };
};

const outcomesOf = (text: string) => [...text.matchAll(/outcome="(\w+)"\} 1$/gm)].map(([, name]) => name);

describe('what a run leaves', () => {
  test('a success', () => {
    expect(Object.fromEntries(left({}).values)).toEqual({
      hotlookup_last_run_timestamp_seconds: NOW / 1_000 + 1.5,
      hotlookup_last_success_timestamp_seconds: NOW / 1_000 + 1.5,
      hotlookup_last_run_duration_seconds: 0.25,
      hotlookup_partitions_detached_total: 1,
      hotlookup_partitions_dropped_total: 3,
      hotlookup_partitions_in_grace: 4,
      hotlookup_lock_waits_total: 2,
      hotlookup_runway_seconds: 50 * 86_400,
      hotlookup_runway_end_timestamp_seconds: Date.parse('2026-04-01T00:00:00Z') / 1_000,
      hotlookup_oldest_partition_start_timestamp_seconds: Date.parse('2026-01-01T00:00:00Z') / 1_000,
      hotlookup_pending_detaches: 0,
      hotlookup_idle_suspected: 0,
      hotlookup_default_partition_rows: 0,
    });
  });

  test('ensure has the counter of what it creates, and none of what retention does', () => {
    const { values } = left({ job: 'ensure', created: 2 });
    expect(values.get('hotlookup_partitions_created_total')).toBe(2);
    expect([...values.keys()].filter((name) => /dropped|detached|grace/.test(name))).toEqual([]);
  });

  test.each<[string, Partial<EndedRun>, Record<string, number>]>([
    [
      'no place for rows of now',
      { seen: { now: NOW, partitions: [monthly('2026-01')] } },
      { runway_seconds: 0, runway_end_timestamp_seconds: NOW / 1_000 },
    ],
    [
      'no partition at all',
      { seen: { now: NOW, partitions: [] } },
      { oldest_partition_start_timestamp_seconds: Number.NaN, runway_seconds: 0 },
    ],
    [
      'partitions without end',
      { seen: { now: NOW, partitions: [partition(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)] } },
      {
        oldest_partition_start_timestamp_seconds: Number.NEGATIVE_INFINITY,
        runway_seconds: Number.POSITIVE_INFINITY,
        runway_end_timestamp_seconds: Number.POSITIVE_INFINITY,
      },
    ],
    [
      'a pending detach',
      { seen: { now: NOW, partitions: [monthly('2026-01', { pending: true }), monthly('2026-02')] } },
      { pending_detaches: 1 },
    ],
    ['rows in DEFAULT', { seen: { now: NOW, partitions: [fallback({ rows: 7 })] } }, { default_partition_rows: 7 }],
    [
      'a DEFAULT that nobody has counted',
      { seen: { now: NOW, partitions: [fallback({ rows: null })] } },
      { default_partition_rows: Number.NaN },
    ],
  ])('%s', (_, run, expected) => {
    const { value } = left(run);
    for (const [name, number] of Object.entries(expected)) expect(value(name), name).toBe(number);
  });

  test.each(Object.entries(EXIT))('its outcome is %s alone, with exit code %i', (name, exitCode: ExitCode) => {
    expect(outcomesOf(left({ exitCode }).text)).toEqual([
      name.replace('lockBudget', 'lock_budget').replace('rolledBack', 'rolled_back'),
    ]);
  });

  test.each(Object.values(EXIT).filter((code) => code !== EXIT.done))('exit code %i is no success', (exitCode) => {
    const first = left({});
    const later = left({ ...BLIND, exitCode, endedAt: NOW + 9_000 }, new Map(first.values));
    expect(later.value('last_run_timestamp_seconds')).toBe(NOW / 1_000 + 9);
    expect(later.value('last_success_timestamp_seconds')).toBe(NOW / 1_000 + 1.5);
  });
});

describe('what a run could not learn', () => {
  test('stays as it was', () => {
    const first = left({});
    const later = left({ ...BLIND, exitCode: EXIT.unreachable }, new Map(first.values));
    const kept = [...first.values].filter(([name]) => !name.includes('last_run'));
    expect([...later.values].filter(([name]) => !name.includes('last_run'))).toEqual(kept);
  });

  test('is NaN, or 0 for counters and the last success, if nobody ever knew it', () => {
    const { values } = left({ ...BLIND, exitCode: EXIT.configuration });
    const unknown = [...values].filter(([, number]) => Number.isNaN(number)).map(([name]) => name);
    expect(unknown).toEqual([
      'hotlookup_partitions_in_grace',
      'hotlookup_runway_seconds',
      'hotlookup_runway_end_timestamp_seconds',
      'hotlookup_oldest_partition_start_timestamp_seconds',
      'hotlookup_pending_detaches',
      'hotlookup_idle_suspected',
      'hotlookup_default_partition_rows',
    ]);
    const zero = [...values].filter(([, number]) => number === 0).map(([name]) => name);
    expect(zero).toContain('hotlookup_last_success_timestamp_seconds');
    expect(zero.filter((name) => name.endsWith('_total'))).toHaveLength(3);
  });

  test('counters go on', () => {
    const first = left({ dropped: 3, lockWaits: 2 });
    const second = left({ dropped: 1, lockWaits: 5 }, new Map(first.values));
    expect(second.value('partitions_dropped_total')).toBe(4);
    expect(second.value('lock_waits_total')).toBe(7);
  });
});

const whole = left({}).text;
const edited = (from: string | RegExp, to: string) => whole.replace(from, to);

describe('the file', () => {
  test('every series is there after every run, each once', () => {
    for (const job of ['ensure', 'retention'] as const)
      for (const run of [{}, BLIND]) {
        const { values } = left({ ...run, job });
        const wanted = SERIES.filter(({ only }) => only === undefined || only === job).map(({ name }) => name);
        expect([...values.keys()]).toEqual(wanted);
      }
  });

  test('what is written is read back, whatever the numbers are', () => {
    const number = fc.oneof(fc.double(), fc.integer());
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), number, (count, time, end) => {
        const earlier = new Map([
          ['hotlookup_partitions_dropped_total', count],
          ['hotlookup_last_success_timestamp_seconds', time],
          ['hotlookup_runway_seconds', end],
        ]);
        const { value } = left({ ...BLIND, exitCode: EXIT.refused }, earlier);
        expect(value('partitions_dropped_total')).toBe(count);
        // Prometheus knows no negative zero either, once it is text.
        expect((value('last_success_timestamp_seconds') ?? -1) + 0).toBe(time + 0);
        expect((value('runway_seconds') ?? 0) + 0).toBe(end + 0);
      }),
    );
  });

  test.each(['a"b', 'a\\b', 'a\nb', 'ü 漢'])('a set called %j keeps to its label', (set) => {
    const { text } = left({ set });
    expect(text.split('\n').filter((line) => !/^(#|hotlookup_|$)/.test(line))).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['something else', 'node_load1 0.5\n'],
    ['half of it', whole.slice(0, whole.length / 2)],
    ['its first line missing', whole.slice(whole.indexOf('\n') + 1)],
    ['its end missing', whole.trimEnd()],
    ['another set', metricsText({ ...RUN, set: 'other' }, new Map())],
    ['another job', metricsText({ ...RUN, job: 'ensure' }, new Map())],
    ['a series twice', `${whole}hotlookup_lock_waits_total{partition_set="boms",partition_job="retention"} 2\n`],
    ['a counter below zero', edited(/(dropped_total\{.*\}) 3$/m, '$1 -3')],
    ['a counter without end', edited(/(dropped_total\{.*\}) 3$/m, '$1 +Inf')],
    ['a last success that is no time', edited(/(last_success_timestamp_seconds\{.*\}) .*$/m, '$1 NaN')],
    ['a number that is none', edited(/(runway_seconds\{.*\}) .*$/m, '$1 0x10')],
    ['a time stamp behind a value', edited(/(runway_seconds\{.*\}) (.*)$/m, '$1 $2 1700000000000')],
  ])('is damaged if it holds %s', (_, text) => {
    expect(parseMetrics(text, RUN)).toBeUndefined();
  });

  test.each([
    [
      'has a series that this one does not know',
      `${whole}hotlookup_new{partition_set="boms",partition_job="retention"} 1\n`,
    ],
    ['lacks one', edited(/^hotlookup_lock_waits_total.*\n/m, '')],
    ['helps in other words', edited(/^# HELP hotlookup_runway_seconds .*$/m, '# HELP hotlookup_runway_seconds Other.')],
    ['has other outcomes', edited('outcome="done"', 'outcome="splendid"')],
  ])("another version's file is not damaged: it %s", (_, text) => {
    expect(text).not.toBe(whole);
    expect(parseMetrics(text, RUN)?.get('hotlookup_partitions_dropped_total')).toBe(3);
  });
});
