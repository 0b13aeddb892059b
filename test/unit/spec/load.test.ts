import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import { specSchema } from '../../../src/spec/schema.ts';
import { ALLOWED, errorsOf, refusalOf } from '../../harness/render/spec-errors.ts';

describe('an accepted spec', () => {
  test.each([[''], ['# only a comment\n'], ['---\n'], ['---\n...\n'], ['null\n'], ['{}'], ['\ufeff# with a BOM\n']])(
    '%j is the default spec',
    (text) => {
      expect(loadSpec(text, 's.yaml')).toEqual(specSchema.parse({}));
    },
  );

  test('fills in what is left out, and reads time spans', () => {
    const text = `
node: /opt/node 20/bin/node
database: { access: remote, addresses: [10.0.0.5, fd00::/8] }
budgets:
  detach: 2min
onFailure: alert@%n.service
partitionSets:
  - &first
    name: a
    table: s.a
    ensure: { function: s.ensure }
    retention: false
  - name: b
    table: Großes Schema.t
    ensure: false
    retention: { function: s.drop, keepMonths: 3, schedule: '@weekly', strategy: concurrent, graceDays: 7, maxDrops: 4, maxDropBytes: 2GB }
`;
    expect(loadSpec(Buffer.from(text), 's.yaml')).toEqual({
      ...specSchema.parse({}),
      node: '/opt/node 20/bin/node',
      database: { access: 'remote', addresses: ['10.0.0.5', 'fd00::/8'] },
      budgets: { connect: 30_000, lockTimeout: 50, lockWait: 60_000, detach: 120_000, timeoutStart: 300_000 },
      onFailure: 'alert@%n.service',
      partitionSets: [
        {
          name: 'a',
          table: 's.a',
          ensure: { function: 's.ensure', monthsAhead: 1, schedule: '10 0 1 * *' },
          retention: false,
        },
        {
          name: 'b',
          table: 'Großes Schema.t',
          ensure: false,
          retention: {
            function: 's.drop',
            keepMonths: 3,
            schedule: '@weekly',
            strategy: 'concurrent',
            graceDays: 7,
            idle: false,
            maxDropShare: 50,
            maxDrops: 4,
            maxDropBytes: 2 * 1024 ** 3,
          },
        },
      ],
    });
  });

  test('may use references', () => {
    const text = `
partitionSets:
  - { name: a, table: s.a, ensure: &job { function: s.ensure }, retention: false }
  - { name: b, table: s.b, ensure: *job, retention: false }
`;
    expect(loadSpec(text, 's.yaml').partitionSets[1]?.ensure).toMatchObject({ function: 's.ensure' });
  });
});

test('is YAML 1.2, whatever a directive says', () => {
  expect(errorsOf('%YAML 1.1\n---\ndynamicUser: yes\n<<: 1\n')).toEqual([
    '3: dynamicUser: found "yes"; allowed: true or false',
    `4: ["<<"]: found an unknown key; allowed: ${ALLOWED.keys}`,
  ]);
});

test('a value that is wrong in two ways is told once', () => {
  const long = 'x'.repeat(1_100);
  const values = [
    `envFile: ${long}/`,
    'budgets: { detach: 3 parsecs }',
    `partitionSets: [{ name: a, table: ${long}, ensure: { function: s.f, monthsAhead: -0.5 }, retention: false }]`,
  ];
  const errors = errorsOf(values.join('\n')).map((error) => error.split(': found')[0]);
  expect(errors).toEqual([
    '1: envFile',
    '2: budgets.detach',
    ...['table', 'ensure.monthsAhead'].map((key) => `3: partitionSets[0].${key}`),
  ]);
});

test('all errors are told at once, those of whole and of single values', () => {
  const text = `envFile: relative
bugdets: 1
budgets:
  conect: 1s
  timeoutStart: 1min
user: root
partitionSets:
  - name: x
    tabel: s.a
    ensure: { function: f }
    retention: false
  - name: x-ensure
    table: s.a
    ensure: yes
    retention: { function: s.f, schedule: 1 1 1 1 1, keepMonths: 0 }
  - name: x
    table: s.a
    ensure: false
    retention: false
`;
  const error = refusalOf(text);
  expect(error.exitCode).toBe(EXIT.configuration);
  expect(error.message.split('\n')).toEqual([
    '15 errors in s.yaml',
    `s.yaml:1: envFile: found "relative"; ${ALLOWED.path}`,
    `s.yaml:2: bugdets: found an unknown key; allowed: ${ALLOWED.keys} (did you mean budgets?)`,
    's.yaml:4: budgets.conect: found an unknown key; allowed: connect, lockTimeout, lockWait, detach, timeoutStart (did you mean connect?)',
    's.yaml:5: budgets.timeoutStart: found 1min, while connect, lockWait and detach together take 210s; allowed: more than 210s',
    's.yaml:6: user: found root with dynamicUser: true; allowed: any other user, or dynamicUser: false',
    `s.yaml:8: partitionSets[0].table: found no such key; ${ALLOWED.name}`,
    's.yaml:9: partitionSets[0].tabel: found an unknown key; allowed: name, table, ensure, retention (did you mean table?)',
    `s.yaml:10: partitionSets[0].ensure.function: found "f"; ${ALLOWED.name}`,
    's.yaml:12: partitionSets[1].name: found "x-ensure", whose x-ensure-partitions.sh is also a file of partitionSets[0]; allowed: a name that gives files of its own',
    's.yaml:14: partitionSets[1].ensure: found "yes"; allowed: false, or a map with the keys function, monthsAhead, schedule',
    's.yaml:15: partitionSets[1].retention.keepMonths: found 0; allowed: a whole number from 1 to 1200',
    's.yaml:15: partitionSets[1].retention.schedule: found day of month 1 and day of week 1 together; allowed: * for one of them, as some schedulers run when both match and others when either does',
    's.yaml:16: partitionSets[2]: found ensure and retention both false; allowed: at least one of the two jobs; leave the partition set out to have none',
    's.yaml:16: partitionSets[2].name: found "x", whose x-partitions.sh is also a file of partitionSets[0]; allowed: a name that gives files of its own',
    's.yaml:17: partitionSets[2].table: found "s.a", the table of partitionSets[1]; allowed: a table that no other partition set has',
  ]);
  expect(error.advice).toBe('Correct the spec; `hotlookup init` writes one with every key explained');
});

test('above broken syntax single values are still judged, what may stand below is not', () => {
  expect(
    errorsOf(
      'user: Robert\nbudgets: {}\npartitionSets:\n  - name: a\n    retention: { schedule: "1" }\nenvFile: a: b\nnode: relative\n',
    ),
  ).toEqual([
    expect.stringContaining('1: user: found "Robert"'),
    expect.stringContaining('5: partitionSets[0].retention.schedule: found "1"'),
    expect.stringContaining('6: envFile: found what YAML cannot read'),
  ]);
});

describe('a connection string', () => {
  const ADVICE = 'PG_DSN belongs in the environment file (envFile) on the host, never in the spec';
  test.each([
    ['PG_DSN: Host=db;Password=hunter2'],
    ['dsn: postgres://me:hunter2@db/x'],
    ['envFile: Host=db;Password=hunter2'],
    ['partitionSets: postgres://me:hunter2@db/x'],
    ['"Host=db;Password=hunter2": 1'],
    ['partitionSets:\n - {name: a, table: Password=hunter2.x}\n - {name: b, table: Password=hunter2.x}'],
  ])('is not shown, and its place is told: %j', (text) => {
    const error = refusalOf(text);
    expect(error.message).not.toContain('hunter2');
    expect(error.advice).toBe(ADVICE);
  });
});
