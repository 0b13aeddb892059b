import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OUTCOME, OUTCOMES, SERIES } from '../../src/runtime/metrics/series.ts';
import type { RawSpec } from '../../src/spec/schema.ts';
import { describeNeeding } from '../support/needs.ts';
import { blocksUnder, runbookOf } from '../support/runbook.ts';
import { SPECS } from '../support/specs.ts';
import { makeTemporary } from '../support/temporary.ts';

const rulesOf = (spec: RawSpec): string => blocksUnder(runbookOf(spec), 'Metrics', 'yaml').join('\n');
const WITH_METRICS = Object.entries(SPECS).map(([name, spec]) => [name, { ...spec, metrics: {} }] as const);
const PROMTOOL = { programs: ['promtool'] };

test('without metrics the runbook does not speak of them', () => {
  expect(runbookOf({})).not.toMatch(/hotlookup_(?!grace|maintenance|jobs|lookup)|## Metrics/);
});

test('every metric is in the table, and every metric and outcome that is named exists', () => {
  const runbook = runbookOf({ metrics: {} });
  const names = [...SERIES, OUTCOME].map(({ name }) => name);
  const rows = [...runbook.matchAll(/^\| `(hotlookup_\w+)` \|/gm)].map(([, name]) => name);
  expect(rows.toSorted()).toEqual(names.toSorted());
  const used = [...rulesOf({ metrics: {} }).matchAll(/hotlookup_\w+/g)].map(([name]) => name);
  expect(used.filter((name) => !names.includes(name))).toEqual([]);
  const [, alternatives = ''] = /outcome=~"([^"]+)"/.exec(rulesOf({ metrics: {} })) ?? [];
  const outcomes = OUTCOMES.map(({ name }) => name);
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
});
