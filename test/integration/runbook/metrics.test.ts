import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { OUTCOMES, SERIES } from '../../../src/runtime/metrics/series.ts';
import { METRICS } from '../../../src/runtime/metrics/table.ts';
import type { RawSpec } from '../../../src/spec/schema.ts';
import { blocksUnder, runbookOf } from '../../harness/render/runbook.ts';
import { SPECS } from '../../harness/render/specs.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const rulesOf = (spec: RawSpec): string => blocksUnder(runbookOf(spec), 'Metrics', 'yaml').join('\n');
const WITH_METRICS = Object.entries(SPECS).map(([name, spec]) => [name, { ...spec, metrics: {} }] as const);
const PROMTOOL = { programs: ['promtool'] };

test('without metrics the runbook does not speak of them', () => {
  expect(runbookOf({})).not.toMatch(/hotlookup_(?!grace|maintenance|jobs|lookup)|## Metrics/);
});

test('the table has every metric with its type and its help', () => {
  const rows = [...runbookOf({ metrics: {} }).matchAll(/^\| `(hotlookup_\w+)` \| (\w+) \| (.+) \|$/gm)];
  const metrics = [...SERIES, METRICS.lastOutcome].map(({ name, type, help }) => [name, type, help]);
  expect(rows.map(([, ...cells]) => cells)).toEqual(metrics);
});

test('every alert has a rule, and every rule is an alert of the table with its text', () => {
  const runbook = runbookOf({ metrics: {} });
  const row = /^\| `(Hotlookup\w+)` \| (\w+) \| (.+) \| \[(.+)\]\(#\S+\) \| (.+) \|$/gm;
  const alerts = [...runbook.matchAll(row)].map(([, ...cells]) => cells.map((cell) => cell.replaceAll('\\_', '_')));
  const { groups } = parse(rulesOf({ metrics: {} }));
  const rules = groups[0].rules.map((rule: Record<string, Record<string, string>>) =>
    [
      rule['alert'],
      rule['labels']?.['severity'],
      rule['annotations']?.['summary'],
      rule['annotations']?.['description'],
    ].join(),
  );
  const ofTable = alerts.map(([name, severity, meaning, section, ifIgnored]) =>
    [name, severity, meaning, `What to do: see "${section}" in the runbook. If nobody acts: ${ifIgnored}`].join(),
  );
  expect(ofTable.length).toBeGreaterThan(5);
  expect(new Set(rules)).toEqual(new Set(ofTable));
});

test('every metric and outcome that a rule names exists', () => {
  const names: string[] = Object.values(METRICS).map(({ name }) => name);
  const used = [...rulesOf({ metrics: {} }).matchAll(/hotlookup_\w+/g)].map(([name]) => name);
  expect(used.filter((name) => !names.includes(name))).toEqual([]);
  const [, alternatives = ''] = /outcome=~'([^']+)'/.exec(rulesOf({ metrics: {} })) ?? [];
  const outcomes = OUTCOMES.map(({ name }) => name);
  expect(alternatives).not.toBe('');
  expect(alternatives.split('|').filter((name) => !outcomes.includes(name))).toEqual([]);
});

describeNeeding(PROMTOOL, 'promtool accepts the rules', () => {
  let folder: string;
  beforeAll(() => {
    folder = makeTemporary('rules');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(WITH_METRICS)('%s', async (_, spec) => {
    const file = join(folder, 'rules.yml');
    writeFileSync(file, rulesOf(spec));
    const { exitCode, all } = await execa('promtool', ['check', 'rules', file], { all: true, reject: false });
    expect({ exitCode, all }).toMatchObject({ exitCode: 0, all: expect.stringMatching(/SUCCESS: \d+ rules found/) });
  });

  const SET = 'partition_set="scanner-artifact-boms"';
  const RETENTION = `${SET}, partition_job="retention"`;
  /** Hours at which the alert is not yet due and is due, of a series that has one value all along. */
  test.each<[alert: string, series: string, value: string, quiet: number, due: number]>([
    ['HotlookupNoSuccess', `hotlookup_last_success_timestamp_seconds{${RETENTION}}`, '0', 47, 49],
    ['HotlookupNoSuccess', `hotlookup_last_success_timestamp_seconds{${SET}, partition_job="ensure"}`, '0', 767, 769],
    // 40 days of runway at the start; alert below 13 days, 23 hours and 55 minutes.
    ['HotlookupRunwayShort', `hotlookup_runway_end_timestamp_seconds{${RETENTION}}`, `${40 * 86_400}`, 624, 625],
    ['HotlookupDetachPending', `hotlookup_pending_detaches{${RETENTION}}`, '1', 0, 2],
  ])('%s is due for %s = %s after a while', async (alertname, series, value, quiet, due) => {
    const firing = await firingAt(series, value, alertname, [quiet, due]);
    expect(firing).toEqual([0, 1]);
  });

  test.each([
    ['HotlookupDefaultPartitionRows', `hotlookup_default_partition_rows{${RETENTION}}`, '7', '0'],
    ['HotlookupDefaultPartitionRows', `hotlookup_default_partition_rows{${RETENTION}}`, '7', 'NaN'],
    ['HotlookupJobNeedsPerson', `hotlookup_last_run_outcome{${RETENTION}, outcome="refused"}`, '1', '0'],
    ['HotlookupJobNeedsPerson', `hotlookup_last_run_outcome{${RETENTION}, outcome="internal"}`, '1', '0'],
    ['HotlookupRunwayShort', `hotlookup_runway_end_timestamp_seconds{${RETENTION}}`, '0', '+Inf'],
    ['HotlookupRunwayShort', `hotlookup_runway_end_timestamp_seconds{${RETENTION}}`, '0', 'NaN'],
    ['HotlookupNoSuccess', `hotlookup_last_success_timestamp_seconds{${RETENTION}}`, '0', `${90 * 3_600}`],
  ])('%s is due for %s = %s and not for %s', async (alertname, series, bad, good) => {
    expect(await firingAt(series, bad, alertname, [100])).toEqual([1]);
    expect(await firingAt(series, good, alertname, [100])).toEqual([0]);
  });

  test('a job that was locked out, or that is unreachable for once, needs no person yet', async () => {
    for (const outcome of ['done', 'locked', 'unreachable', 'lock_budget', 'terminated'])
      expect(
        await firingAt(
          `hotlookup_last_run_outcome{${RETENTION}, outcome="${outcome}"}`,
          '1',
          'HotlookupJobNeedsPerson',
          [9],
        ),
      ).toEqual([0]);
  });

  test('a job that never left metrics is missed once a success would be stale', async () => {
    const other = `hotlookup_last_run_timestamp_seconds{${SET}, partition_job="ensure"}`;
    expect(await firingAt(other, '1', 'HotlookupNoMetrics', [47, 49])).toEqual([0, 1]);
  });

  /** How many alerts of a name fire at these hours, as promtool says, which is told to expect none. */
  async function firingAt(
    series: string,
    value: string,
    alertname: string,
    hours: readonly number[],
  ): Promise<number[]> {
    writeFileSync(join(folder, 'rules.yml'), rulesOf({ metrics: {} }));
    const file = join(folder, 'test.json');
    const counts: number[] = [];
    for (const hour of hours) {
      const one = {
        interval: '15m',
        input_series: [{ series, values: Array(3_200).fill(value).join(' ') }],
        alert_rule_test: [{ eval_time: `${hour}h`, alertname, exp_alerts: [] }],
      };
      writeFileSync(file, JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '15m', tests: [one] }));
      const { exitCode, all } = await execa('promtool', ['test', 'rules', file], { all: true, reject: false });
      const got = /got:\[([\s\S]*)/.exec(all)?.[1] ?? '';
      expect({ exitCode, all }).toEqual({ exitCode: got === '' ? 0 : 1, all: expect.stringContaining('Unit Testing') });
      counts.push(got.match(/Labels:/g)?.length ?? 0);
    }
    return counts;
  }
});
