import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { render } from '../../../src/render/render.ts';
import { hostFiles } from '../../../src/spec/host-files.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import { type RawSpec, type Spec, specSchema } from '../../../src/spec/schema.ts';
import { address, size } from '../../../src/spec/values.ts';
import { cronExpression } from '../../harness/render/cron-expression.ts';

const SET = { name: 'a', table: 's.a', ensure: { function: 's.ensure' }, retention: { function: 's.drop' } };

const sets = (...changes: ReadonlyArray<Partial<typeof SET>>) => changes.map((change) => ({ ...SET, ...change }));

/** Errors as `path: message`. */
const errorsOf = (spec: RawSpec): string[] =>
  specSchema.safeParse(spec).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('values that do not fit together', () => {
  test.each<[RawSpec, string]>([
    [
      { budgets: { timeoutStart: '210s' } },
      'budgets.timeoutStart: found 210s, while connect, lockWait and detach together take 210s; allowed: more than 210s',
    ],
    [{ budgets: { lockTimeout: '2min' } }, 'budgets.lockTimeout: found 2min; allowed: at most lockWait, which is 1min'],
    [
      { database: { access: 'remote' } },
      'database.addresses: found no address; allowed: at least one IP address or network for access: remote, such as [10.0.0.5]',
    ],
    [
      { database: { addresses: ['10.0.0.5'] } },
      'database.addresses: found 1 with access: localhost; allowed: none, or access: remote',
    ],
    [
      { database: { access: 'socket', addresses: ['::1', '10.0.0.5'] } },
      'database.addresses: found 2 with access: socket; allowed: none, or access: remote',
    ],
    [{ user: 'root' }, 'user: found root with dynamicUser: true; allowed: any other user, or dynamicUser: false'],
    [
      { user: 'postgres' },
      "user: found postgres with dynamicUser: true, which removes the server's shared memory when a job ends; allowed: any other user, or dynamicUser: false",
    ],
    [
      { onFailure: `${'x'.repeat(130)}@%n.service`, partitionSets: sets({ name: 'a'.repeat(100) }) },
      'onFailure: found a name that grows to 257 characters; allowed: at most 255 characters',
    ],
    [
      { runbook: '/etc/stellaops/scanner-hotlookup.env' },
      'envFile: found "/etc/stellaops/scanner-hotlookup.env", which is also the runbook; allowed: a path of its own',
    ],
    [
      { envFile: '/opt/stellaops' },
      'envFile: found "/opt/stellaops", which is a folder of scriptsDir; allowed: a path that is not a file and a folder at once',
    ],
    [
      { runbook: '/etc/systemd/system/scanner-artifact-boms-ensure.timer' },
      'runbook: found "/etc/systemd/system/scanner-artifact-boms-ensure.timer", which is also a generated file in unitsDir; allowed: a path of its own',
    ],
    [
      { envFile: '/opt/stellaops/devops/scripts/scanner-artifact-boms-retention.sh/env' },
      'envFile: found a path below "/opt/stellaops/devops/scripts/scanner-artifact-boms-retention.sh", which is a generated file in scriptsDir; allowed: a path that is not a file and a folder at once',
    ],
    [{ name: 'manifest' }, 'name: found "manifest"; allowed: any other name; that one is taken'],
    [
      { runbook: '/var/lib/hotlookup/manifest.json' },
      'runbook: found a path below "/var/lib/hotlookup", which is the folder of the records of what is installed; allowed: a path that is not a file and a folder at once',
    ],
    [
      {
        partitionSets: [{ ...SET, retention: { function: 's.drop', strategy: 'function', graceDays: 3 } }],
      },
      'partitionSets.0.retention.graceDays: found 3 with strategy: function, which drops at once; allowed: 0, or strategy: auto or concurrent',
    ],
    [
      { metrics: { directory: '/opt/stellaops' } },
      'metrics.directory: found "/opt/stellaops", where the jobs could replace "/opt/stellaops/devops/scripts/lib/hotlookup-runtime.cjs"; allowed: a folder in which no file of the installation lies',
    ],
    [
      { metrics: { directory: '/var/lib/hotlookup' } },
      'metrics.directory: found "/var/lib/hotlookup", where the jobs could replace the records of what is installed, in "/var/lib/hotlookup"; allowed: a folder in which no file of the installation lies',
    ],
    [
      { metrics: { directory: '/etc/stellaops/scanner-hotlookup.env/metrics' } },
      'metrics.directory: found "/etc/stellaops/scanner-hotlookup.env/metrics", while "/etc/stellaops/scanner-hotlookup.env" is a file; allowed: a path that is not a file and a folder at once',
    ],
    [
      { metrics: { group: 'root' } },
      'metrics.group: found root, whose files the jobs could then read; allowed: any other group',
    ],
    [
      { metrics: { group: 'hotlookup' } },
      'metrics.group: found "hotlookup", the name of the user that systemd makes for a run; allowed: any other group, or dynamicUser: false',
    ],
    [
      { metrics: {}, runbook: '/etc/tmpfiles.d/hotlookup-metrics.conf' },
      'runbook: found "/etc/tmpfiles.d/hotlookup-metrics.conf", which is also the file that has systemd make the metrics folder; allowed: a path of its own',
    ],
    [
      { partitionSets: sets({}, { name: 'b' }) },
      'partitionSets.1.table: found "s.a", the table of partitionSets[0]; allowed: a table that no other partition set has',
    ],
    [
      { partitionSets: sets({ name: 'a-ensure' }, { table: 's.b' }) },
      'partitionSets.1.name: found "a", whose a-ensure-partitions.sh is also a file of partitionSets[0]; allowed: a name that gives files of its own',
    ],
  ])('%j', (spec, error) => {
    expect(errorsOf(spec)).toEqual([error]);
  });

  test.each<[string, RawSpec]>([
    ['the user of a server, if the host has it anyway', { user: 'postgres', dynamicUser: false }],
    ['metrics below the scripts', { metrics: { directory: '/opt/stellaops/devops/scripts/metrics' } }],
    ['the group of a user of the host', { metrics: { group: 'hotlookup' }, dynamicUser: false }],
    ['an environment file among the scripts', { envFile: '/opt/stellaops/devops/scripts/x.env' }],
    ['scripts and units in one folder', { scriptsDir: '/opt/x', unitsDir: '/opt/x' }],
    [
      'names that would collide if the job were on',
      {
        partitionSets: [
          { ...SET, ensure: false },
          { ...SET, name: 'a-ensure', table: 's.b' },
        ],
      },
    ],
    ['names that only look alike', { partitionSets: sets({}, { name: 'a-retention', table: 's.b' }) }],
  ])('%s is fine', (_, spec) => {
    expect(errorsOf(spec)).toEqual([]);
  });
});

test('the collision check knows every file that a host gets', () => {
  const spec = specSchema.parse({
    metrics: {},
    partitionSets: [...sets({}, { name: 'b', table: 's.b' }), { ...SET, name: 'c', table: 's.c', ensure: false }],
  });
  const rendered = render(spec, '').flatMap(({ installed }) => (installed ? [installed.path] : []));
  expect(
    hostFiles(spec)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(rendered.sort());
});

test('an address is what the operating system takes for one', () => {
  const texts = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4Extended(),
    fc.stringMatching(/^[0-9a-f:.]{1,20}$/),
    fc.constantFrom('::ffff:10.0.0.1', '01.2.3.4', '1.2.3', 'localhost', '::', '1::2::3', ' 10.0.0.1'),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(address.safeParse(text).success).toBe(isIP(text) !== 0);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['1B', 1],
  ['500MB', 500 * 1024 ** 2],
  ['1024TB', 1024 ** 5],
  ['1025TB', undefined],
  ['0GB', undefined],
  ['10 GB', undefined],
  ['1.5GB', undefined],
  ['10gb', undefined],
  ['10', undefined],
])('the size %s: %j', (text, bytes) => {
  expect(size.safeParse(text).data).toBe(bytes);
});

test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.0/33', false],
  ['fd00::/128', true],
  ['fd00::/129', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/08', false],
])('the network %s: %j', (text, isAccepted) => {
  expect(address.safeParse(text).success).toBe(isAccepted);
});

describe('every valid spec', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9_%$' äß|~-]{0,12}[A-Za-z0-9%$']$/);
  const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`);
  const name = fc.tuple(part, part).map((halves) => halves.join('.'));
  const job = { function: name, schedule: cronExpression };
  const set = fc.record({
    name: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/),
    table: name,
    ensure: fc.record({ ...job, monthsAhead: fc.integer({ min: 0, max: 120 }) }),
    retention: fc.oneof(
      fc.constant(false),
      fc.record(
        {
          ...job,
          keepMonths: fc.integer({ min: 1, max: 1200 }),
          strategy: fc.constantFrom('auto', 'concurrent', 'function'),
          graceDays: fc.integer({ min: 0, max: 365 }),
          maxDropShare: fc.integer({ min: 1, max: 100 }),
          maxDrops: fc.integer({ min: 1, max: 999_999 }),
          maxDropBytes: fc.constantFrom('1B', '500MB', '1024TB'),
        },
        { requiredKeys: ['function'] },
      ),
    ),
  });
  const spec = fc
    .record(
      {
        envFile: path.map((text) => `/e${text}`),
        scriptsDir: path.map((text) => `/s${text}`),
        runbook: path.map((text) => `/r${text}`),
        node: path,
        user: fc.stringMatching(/^[a-z_][a-z0-9_-]{0,10}$/),
        partitionSets: fc.uniqueArray(set, { minLength: 1, maxLength: 4, selector: ({ table }) => table }),
      },
      { requiredKeys: [] },
    )
    .filter((raw) => specSchema.safeParse(raw).success);

  test('says the same as YAML text', () => {
    fc.assert(
      fc.property(spec, (raw) => {
        const parsed: Spec = specSchema.parse(raw);
        expect(loadSpec(stringify(raw), 'spec.yaml')).toEqual(parsed);
        expect(loadSpec(JSON.stringify(raw), 'spec.json')).toEqual(parsed);
      }),
    );
  });
});
