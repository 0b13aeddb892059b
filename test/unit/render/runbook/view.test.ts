import { describe, expect, test } from 'vitest';
import { EXIT_MEANINGS } from '../../../../src/errors.ts';
import { hostView } from '../../../../src/render/host-view.ts';
import { monthly } from '../../../../src/render/quoting.ts';
import { runbookView } from '../../../../src/render/runbook/view.ts';
import { setView } from '../../../../src/render/set-view.ts';
import { type RawSpec, specSchema } from '../../../../src/spec/schema.ts';

function viewOf(raw: RawSpec) {
  const spec = specSchema.parse(raw);
  const host = hostView(spec);
  return runbookView({ ...host, sets: spec.partitionSets.map((set) => setView(host, spec, set)) });
}

const ensureOf = (monthsAhead: number): RawSpec => ({
  partitionSets: [{ name: 'one', table: 'a.b', ensure: { function: 'a.f', monthsAhead }, retention: false }],
});

test('every exit code has its meaning and something to do', () => {
  const { exits } = viewOf({});
  expect(exits.map(({ code, meaning }) => [code, meaning])).toEqual(EXIT_MEANINGS.map((pair) => [...pair]));
  for (const { action, ifIgnored } of exits) {
    expect(action).toMatch(/\.$/);
    expect(ifIgnored).toMatch(/\.$/);
  }
});

test.each([
  [0, 2],
  [1, 2],
  [2, 2],
  [6, 6],
])('with %i months ahead, %i are created in an emergency', (monthsAhead, expected) => {
  expect(viewOf(ensureOf(monthsAhead)).sets[0]?.emergencyMonths).toBe(expected);
});

test.each([
  ['scanner.artifact_boms', 'scanner.artifact_boms_YYYY_MM', 'scanner.artifact_boms_YYYY_MM'],
  ['s.Boms', 's."Boms_YYYY_MM"', 's."Boms_YYYY_MM"'],
  ['s.of_0000_00', 's.of_0000_00_YYYY_MM', 's.of_0000_00_YYYY_MM'],
  ['s.select', 's."select_YYYY_MM"', 's.select_YYYY_MM'],
  ['s.a$b', 's.U&"a\\0024b_YYYY_MM"', 's."a$b_YYYY_MM"'],
])('the partition of %s is %s in SQL and %s in text', (table, sql, text) => {
  const partitionSets = [{ name: 'one', table, ensure: { function: 's.f' }, retention: false as const }];
  expect(monthly(table)).toBe(sql);
  expect(viewOf({ partitionSets }).sets[0]?.partitionText).toBe(text);
});

test("only the Scanner's own set has a partition key that the runbook knows", () => {
  expect(viewOf({}).sets[0]).toMatchObject({ key: 'inserted_at', fromMigration: true });
  expect(viewOf(ensureOf(1)).sets[0]).toMatchObject({ key: 'partition_key', fromMigration: false });
});

describe('commands are ready', () => {
  test('as root, who may read the environment file', () => {
    const [set] = viewOf({ scriptsDir: '/opt/a b' }).sets;
    expect(set).toHaveProperty('retention.drop', [
      'sudo',
      '/opt/a b/scanner-artifact-boms-retention.sh',
      '12',
      'false',
    ]);
    expect(set?.commands.restoreFromTable).toEqual([
      'sudo',
      '/opt/a b/scanner-artifact-boms-partitions.sh',
      'restore',
      'YYYY-MM',
      '--from-table',
      'scanner.artifact_boms_YYYY_MM',
    ]);
  });

  test("over the socket, as the jobs' user, whom peer authentication accepts", () => {
    const [set] = viewOf({ user: 'stellaops', dynamicUser: false, database: { access: 'socket' } }).sets;
    expect(set?.commands.status.slice(0, 9)).toEqual([
      'sudo',
      'systemd-run',
      '--quiet',
      '--collect',
      '--pipe',
      '--wait',
      '--property=User=stellaops',
      '--property=DynamicUser=no',
      '--property=EnvironmentFile=/etc/stellaops/scanner-hotlookup.env',
    ]);
  });

  test('for the jobs that are on, and no others', () => {
    expect(viewOf({}).sets[0]?.jobs.map(({ job, unit }) => [job, unit])).toEqual([
      ['ensure', 'scanner-artifact-boms-ensure'],
      ['retention', 'scanner-artifact-boms-retention'],
    ]);
    expect(viewOf(ensureOf(1)).sets[0]).toMatchObject({ jobs: [{ job: 'ensure' }], retention: false });
  });
});

test('alerts have the limits of their sets, and none for a job that is off', () => {
  const { metrics } = viewOf({ ...ensureOf(1), metrics: {} });
  if (!metrics) throw new Error('the view has no metrics');
  const rules = metrics.rules.filter(({ set }) => set !== false);
  expect(rules.map(({ name, set, job }) => [name, set, job])).toEqual([
    ['HotlookupRunwayShort', 'one', false],
    ['HotlookupNoSuccess', 'one', 'ensure'],
    ['HotlookupNoMetrics', 'one', 'ensure'],
  ]);
  expect(viewOf({}).metrics).toBe(false);
});
