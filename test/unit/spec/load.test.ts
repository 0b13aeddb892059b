import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, EXIT } from '../../../src/errors.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import { specSchema } from '../../../src/spec/schema.ts';

/** The error's lines without the headline and the file's name. */
function errorsOf(contents: string | Uint8Array): string[] {
  return refusal(contents)
    .message.split('\n')
    .slice(1)
    .map((line) => line.replace('s.yaml:', ''));
}

function refusal(contents: string | Uint8Array): AppError {
  try {
    loadSpec(contents, 's.yaml');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('the spec was accepted');
}

const TOP =
  'envFile, scriptsDir, unitsDir, runbook, user, dynamicUser, node, database, budgets, onFailure, partitionSets';
const NAME =
  'allowed: schema.name as the catalog spells it: no quotes, no other dot, at most 63 bytes on each side, no control characters';
const PATH =
  'allowed: an absolute path (at most 1000 bytes, 255 in each part) without "..", "//", control characters, or a slash, backslash or space at its end';
const SPAN = 'allowed: a time span from 1ms to 1440min, such as 50ms, 30s or 5min';
const YAML = 'allowed: lines "key: value", list items "- value", text with special characters in quotes';

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
    retention: { function: s.drop, keepMonths: 3, schedule: '@weekly' }
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
          retention: { function: 's.drop', keepMonths: 3, schedule: '@weekly' },
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

describe('an error stands at its line', () => {
  test.each([
    ['envFile: etc/x', [`1: envFile: found "etc/x"; ${PATH}`]],
    ['\n\nenvFile:\n  /etc/../x', [`3: envFile: found "/etc/../x"; ${PATH}`]],
    ['runbook: /a//b', [`1: runbook: found "/a//b"; ${PATH}`]],
    ['runbook: "/a\\nb"', [`1: runbook: found "/a\\nb"; ${PATH}`]],
    ['runbook: "/a\\x9b"', [`1: runbook: found "/a\\u009b"; ${PATH}`]],
    ['scriptsDir: /a/', [`1: scriptsDir: found "/a/"; ${PATH}`]],
    ['node: /a\\', [`1: node: found "/a\\\\"; ${PATH}`]],
    [`node: /${'é'.repeat(128)}`, [`1: node: found "/${'é'.repeat(99)}…"; ${PATH}`]],
    ['unitsDir:', [`1: unitsDir: found nothing; ${PATH}`]],
    ['dynamicUser: yes', ['1: dynamicUser: found "yes"; allowed: true or false']],
    ['database: { access: local }', ['1: database.access: found "local"; allowed: localhost, remote or socket']],
    [
      'budgets: []',
      [
        '1: budgets: found an empty list; allowed: a map with the keys connect, lockTimeout, lockWait, detach, timeoutStart',
      ],
    ],
    ['budgets: { connect: 30 }', [`1: budgets.connect: found 30; ${SPAN}`]],
    ['budgets: { lockTimeout: 0ms }', [`1: budgets.lockTimeout: found "0ms"; ${SPAN}`]],
    ['budgets: { connect: 1441min }', [`1: budgets.connect: found "1441min"; ${SPAN}`]],
    [
      'user: Robert',
      [
        '1: user: found "Robert"; allowed: a user name: lower-case letters, digits, _ and -, at most 31, not starting with a digit or hyphen',
      ],
    ],
    [
      'onFailure: alert@.service',
      [
        '1: onFailure: found "alert@.service"; allowed: the name of a .service or .target; %n, %N and %p in it stand for the job that failed, such as alert@%n.service',
      ],
    ],
    ['partitionSets: []', ['1: partitionSets: found an empty list; allowed: at least one partition set']],
    ['- a', [`1: document: found a list; allowed: a map with the keys ${TOP}`]],
    ['only text', [`1: document: found "only text"; allowed: a map with the keys ${TOP}`]],
    ['bugdets: {}', [`1: bugdets: found an unknown key; allowed: ${TOP} (did you mean budgets?)`]],
    ['env_file: /x', [`1: env_file: found an unknown key; allowed: ${TOP} (did you mean envFile?)`]],
    [
      'keepMonths: 3',
      [`1: keepMonths: found an unknown key; allowed: ${TOP} (keepMonths belongs to partitionSets[].retention)`],
    ],
    [
      'budgets:\n  user: x',
      [
        '2: budgets.user: found an unknown key; allowed: connect, lockTimeout, lockWait, detach, timeoutStart (user belongs to the top)',
      ],
    ],
    ['a b: 1', [`1: ["a b"]: found an unknown key; allowed: ${TOP}`]],
    ['__proto__: 1', [`1: __proto__: found an unknown key; allowed: ${TOP}`]],
  ])('%j', (text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  test.each([
    ['user: a\nuser: b', ['2: user: found this key a second time; allowed: each key once']],
    ['budgets:\n\tconnect: 3s', ['2: document: found a tab as indentation; allowed: spaces']],
    ['user: a\n---\nuser: b', ['2: document: found a second document; allowed: one document in a file']],
    ['user: !secret a', ['1: document: found a tag (!name); allowed: values without tags']],
    [
      '? [a]\n: 1',
      [
        '1: document: found a list or a map as a key; allowed: a name as a key',
        `1: ["[ a ]"]: found an unknown key; allowed: ${TOP}`,
      ],
    ],
    ['['.repeat(2000), ['1: document: found lists or maps nested too deeply; allowed: the few levels that a spec has']],
    ['user: x\nnode: "/a\nb: 1\n', [`2: document: found what YAML cannot read (Missing closing "quote); ${YAML}`]],
    [
      'user: @x',
      [
        '1: user: found a value that starts with a character reserved by YAML; allowed: such a value in quotes',
        '1: user: found "@x"; allowed: a user name: lower-case letters, digits, _ and -, at most 31, not starting with a digit or hyphen',
      ],
    ],
    [
      'runbook: a: b',
      [`1: runbook: found what YAML cannot read (Nested mappings are not allowed in compact mappings); ${YAML}`],
    ],
    [
      `a: &a [x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
      ['1: document: found references (*name) that multiply what they stand for; allowed: a spec that is written out'],
    ],
  ])('YAML: %j', (text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  test('an unquoted cron expression that starts with * is explained', () => {
    const text = 'partitionSets:\n  - name: a\n    retention:\n      function: s.f\n      schedule: */5 * * * *\n';
    expect(errorsOf(text)).toEqual([
      '5: partitionSets[0].retention.schedule: found "*/5", to YAML a reference to nothing; allowed: text that starts with * in quotes, such as "*/5 * * * *"',
    ]);
  });

  test('bytes that are not UTF-8', () => {
    const error = refusal(Buffer.from('user: x\n# caf\xe9\n', 'latin1'));
    expect(error.message).toBe('1 error in s.yaml\ns.yaml:2: document: found bytes that are not UTF-8; allowed: UTF-8');
  });
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
  const error = refusal(text);
  expect(error.exitCode).toBe(EXIT.configuration);
  expect(error.message.split('\n')).toEqual([
    '15 errors in s.yaml',
    `s.yaml:1: envFile: found "relative"; ${PATH}`,
    `s.yaml:2: bugdets: found an unknown key; allowed: ${TOP} (did you mean budgets?)`,
    's.yaml:4: budgets.conect: found an unknown key; allowed: connect, lockTimeout, lockWait, detach, timeoutStart (did you mean connect?)',
    's.yaml:5: budgets.timeoutStart: found 1min, while connect, lockWait and detach together take 210s; allowed: more than 210s',
    's.yaml:6: user: found root with dynamicUser: true; allowed: any other user, or dynamicUser: false',
    `s.yaml:8: partitionSets[0].table: found no such key; ${NAME}`,
    's.yaml:9: partitionSets[0].tabel: found an unknown key; allowed: name, table, ensure, retention (did you mean table?)',
    `s.yaml:10: partitionSets[0].ensure.function: found "f"; ${NAME}`,
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
    const error = refusal(text);
    expect(error.message).not.toContain('hunter2');
    expect(error.advice).toBe(ADVICE);
  });
});

describe('any text', () => {
  const fragment = fc.constantFrom(
    ...[
      'user',
      'budgets',
      'partitionSets',
      'envFile',
      ': ',
      ':\n',
      '\n',
      '  ',
      '- ',
      '\t',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
    ],
    ...["'", '&a ', '*a', '!t ', '---\n', '...\n', '%YAML 1.1\n', '|', '>', '#', '?', '@', '`', '\\', '\0', '\ud800'],
    ...['/etc/x', '1', 'true', 'null', '~', '<<', '__proto__', 'x'],
  );
  const garbage = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fragment, { maxLength: 40 }).map((parts) => parts.join('')),
  );
  test('is a spec or an AppError with a line for every error', () => {
    fc.assert(
      fc.property(garbage, (text) => {
        const outcome = loadOrRefuse(text);
        if (outcome instanceof AppError) {
          const [headline, ...lines] = outcome.message.split('\n');
          expect(headline).toBe(`${lines.length === 1 ? '1 error' : `${lines.length} errors`} in s.yaml`);
          for (const line of lines) expect(line).toMatch(/^s\.yaml:[1-9]\d*: .+: found .+; allowed: .+$/u);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('of bytes too', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void loadOrRefuse(bytes)));
  });
});

function loadOrRefuse(contents: string | Uint8Array): unknown {
  try {
    return loadSpec(contents, 's.yaml');
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
