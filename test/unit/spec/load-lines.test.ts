import { describe, expect, test } from 'vitest';
import { ALLOWED, errorsOf, refusalOf } from '../../harness/render/spec-errors.ts';

describe('an error stands at its line', () => {
  test.each([
    ['envFile: etc/x', [`1: envFile: found "etc/x"; ${ALLOWED.path}`]],
    ['\n\nenvFile:\n  /etc/../x', [`3: envFile: found "/etc/../x"; ${ALLOWED.path}`]],
    ['runbook: /a//b', [`1: runbook: found "/a//b"; ${ALLOWED.path}`]],
    ['runbook: "/a\\nb"', [`1: runbook: found "/a\\nb"; ${ALLOWED.path}`]],
    ['runbook: "/a\\x9b"', [`1: runbook: found "/a\\u009b"; ${ALLOWED.path}`]],
    ['scriptsDir: /a/', [`1: scriptsDir: found "/a/"; ${ALLOWED.path}`]],
    ['node: /a\\', [`1: node: found "/a\\\\"; ${ALLOWED.path}`]],
    [`node: /${'é'.repeat(128)}`, [`1: node: found "/${'é'.repeat(99)}…"; ${ALLOWED.path}`]],
    ['unitsDir:', [`1: unitsDir: found nothing; ${ALLOWED.path}`]],
    ['dynamicUser: yes', ['1: dynamicUser: found "yes"; allowed: true or false']],
    ['database: { access: local }', ['1: database.access: found "local"; allowed: localhost, remote or socket']],
    [
      'budgets: []',
      [
        '1: budgets: found an empty list; allowed: a map with the keys connect, lockTimeout, lockWait, detach, timeoutStart',
      ],
    ],
    ['budgets: { connect: 30 }', [`1: budgets.connect: found 30; ${ALLOWED.span}`]],
    ['budgets: { lockTimeout: 0ms }', [`1: budgets.lockTimeout: found "0ms"; ${ALLOWED.span}`]],
    ['budgets: { connect: 1441min }', [`1: budgets.connect: found "1441min"; ${ALLOWED.span}`]],
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
    ['- a', [`1: document: found a list; allowed: a map with the keys ${ALLOWED.keys}`]],
    ['only text', [`1: document: found "only text"; allowed: a map with the keys ${ALLOWED.keys}`]],
    ['bugdets: {}', [`1: bugdets: found an unknown key; allowed: ${ALLOWED.keys} (did you mean budgets?)`]],
    ['env_file: /x', [`1: env_file: found an unknown key; allowed: ${ALLOWED.keys} (did you mean envFile?)`]],
    [
      'keepMonths: 3',
      [
        `1: keepMonths: found an unknown key; allowed: ${ALLOWED.keys} (keepMonths belongs to partitionSets[].retention)`,
      ],
    ],
    [
      'budgets:\n  user: x',
      [
        '2: budgets.user: found an unknown key; allowed: connect, lockTimeout, lockWait, detach, timeoutStart (user belongs to the top)',
      ],
    ],
    ['a b: 1', [`1: ["a b"]: found an unknown key; allowed: ${ALLOWED.keys}`]],
    ['__proto__: 1', [`1: __proto__: found an unknown key; allowed: ${ALLOWED.keys}`]],
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
        `1: ["[ a ]"]: found an unknown key; allowed: ${ALLOWED.keys}`,
      ],
    ],
    [
      'user: x\nnode: "/a\nb: 1\n',
      [`2: document: found what YAML cannot read (Missing closing "quote); ${ALLOWED.yaml}`],
    ],
    [
      'user: @x',
      [
        '1: user: found a value that starts with a character reserved by YAML; allowed: such a value in quotes',
        '1: user: found "@x"; allowed: a user name: lower-case letters, digits, _ and -, at most 31, not starting with a digit or hyphen',
      ],
    ],
    [
      'runbook: a: b',
      [
        `1: runbook: found what YAML cannot read (Nested mappings are not allowed in compact mappings); ${ALLOWED.yaml}`,
      ],
    ],
    [
      `a: &a [x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]`,
      ['1: document: found references (*name) that multiply what they stand for; allowed: a spec that is written out'],
    ],
  ])('YAML: %j', (text, errors) => {
    expect(errorsOf(text)).toEqual(errors);
  });

  test('lists in lists without end', () => {
    expect(errorsOf('['.repeat(2000))).toEqual([
      '1: document: found lists or maps nested too deeply; allowed: the few levels that a spec has',
    ]);
  });

  test('an unquoted cron expression that starts with * is explained', () => {
    const text = 'partitionSets:\n  - name: a\n    retention:\n      function: s.f\n      schedule: */5 * * * *\n';
    expect(errorsOf(text)).toEqual([
      '5: partitionSets[0].retention.schedule: found "*/5", to YAML a reference to nothing; allowed: text that starts with * in quotes, such as "*/5 * * * *"',
    ]);
  });

  test('bytes that are not UTF-8', () => {
    const error = refusalOf(Buffer.from('user: x\n# caf\xe9\n', 'latin1'));
    expect(error.message).toBe('1 error in s.yaml\ns.yaml:2: document: found bytes that are not UTF-8; allowed: UTF-8');
  });
});
