import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../../../src/runtime/command/args.ts';
import { parseScriptArguments } from '../../../../src/runtime/command/script-options.ts';
import { helpText } from '../../../../src/runtime/command/usage.ts';

const SCRIPT = [
  ...['--set', 'boms', '--table', 's.t', '--ensure-function', 's.make', '--months-ahead', '1'],
  ...['--retention-function', 's.drop', '--keep-months', '12', '--strategy', 'auto', '--grace-days', '7'],
  ...[
    '--detach-timeout',
    '2min',
    '--max-drop-share',
    '50',
    '--max-drop-bytes',
    '1024',
    '--environment-file',
    '/etc/x.env',
  ],
  ...['--connect-timeout', '30s', '--lock-timeout', '50ms', '--lock-wait', '1min'],
];
const { settings } = parseScriptArguments(SCRIPT);
const ensure = { verb: 'ensure', function: { schema: 's', name: 'make' }, monthsAhead: 1, json: false };
const job = {
  function: { schema: 's', name: 'drop' },
  keepMonths: 12,
  strategy: 'auto',
  graceDays: 7,
  detachMs: 120_000,
  breakers: { maxDropShare: 50, maxDrops: undefined, maxDropBytes: 1024 },
  idle: false,
};
const retention = {
  ...job,
  verb: 'retention',
  dryRun: true,
  allowDrops: undefined,
  allowDropBytes: undefined,
  applyGraceDays: false,
  allowIdle: false,
  json: false,
};

test('the script’s options', () => {
  expect(parseScriptArguments([...SCRIPT, '--', 'ensure', '--', '2'])).toEqual({
    user: ['ensure', '--', '2'],
    settings: {
      set: 'boms',
      table: { schema: 's', name: 't' },
      ensure: { function: { schema: 's', name: 'make' }, monthsAhead: 1 },
      retention: job,
      envFile: '/etc/x.env',
      connectMs: 30_000,
      lockTimeoutMs: 50,
      lockWaitMs: 60_000,
    },
  });
});

test.each([
  ['an unknown option', [...SCRIPT, '--color']],
  ['a missing value', SCRIPT.slice(0, -1)],
  ['a missing option', SCRIPT.slice(2)],
  ['a name without schema', [...SCRIPT, '--table', 't']],
  ['a name with two dots', [...SCRIPT, '--table', 'a.b.c']],
  ['a time span without unit', [...SCRIPT, '--lock-wait', '60']],
  ['an unknown strategy', [...SCRIPT, '--strategy', 'fast']],
  ['a year and a day of grace', [...SCRIPT, '--grace-days', '366']],
  ['a share of nothing', [...SCRIPT, '--max-drop-share', '0']],
  ['a limit with a unit', [...SCRIPT, '--max-drop-bytes', '1GB']],
  ['no number of drops', [...SCRIPT, '--max-drops', '']],
  ['a word', [...SCRIPT, 'ensure']],
])('%s among the script’s options is exit 2', (_, argv) => {
  expect(() => parseScriptArguments(argv)).toThrow(expect.objectContaining({ exitCode: 2 }));
});

test.each([
  ['ensure', ensure],
  ['ensure 0', { ...ensure, monthsAhead: 0 }],
  ['ensure 120 --json', { ...ensure, monthsAhead: 120, json: true }],
  ['--json ensure', { ...ensure, json: true }],
  ['ensure --json --json', { ...ensure, json: true }],
  ['ensure -- 2', { ...ensure, monthsAhead: 2 }],
  ['retention', retention],
  ['retention 1', { ...retention, keepMonths: 1 }],
  ['retention 1200 false', { ...retention, keepMonths: 1200, dryRun: false }],
  ['retention 12 false --allow-drops 9', { ...retention, dryRun: false, allowDrops: 9 }],
  ['retention --allow-drop-bytes 10GB', { ...retention, allowDropBytes: 10 * 1024 ** 3 }],
  ['plan', retention],
  ['retention --allow-idle', { ...retention, allowIdle: true }],
  ['plan --apply-grace-days', { ...retention, applyGraceDays: true }],
  ['plan 3 --allow-drops 9', { ...retention, keepMonths: 3, allowDrops: 9 }],
  ['status', { verb: 'status', idle: false, monthsAhead: 1, keepMonths: 12, graceDays: 7, json: false }],
  ['restore 2026-02', { verb: 'restore', month: 2026 * 12 + 1, fromTable: undefined, dryRun: false, json: false }],
  [
    'restore --from-table a.b --dry-run 1999-12 --json',
    { verb: 'restore', month: 1999 * 12 + 11, fromTable: { schema: 'a', name: 'b' }, dryRun: true, json: true },
  ],
  ['status --help', 'help'],
  ['--help', 'help'],
])('%s', (text, command) => {
  expect(parseCommand(settings, text.split(' '))).toEqual(command);
});

describe('exit 2 with the usage line', () => {
  const wrong: Array<[string, string[]]> = [
    ...['121', '-1', '+1', '1.0', '1e1', '01', ' 1', '1 ', '', '0x1', '٣', 'one', '1\n'].map(
      (months): [string, string[]] => ['ensure', [months]],
    ),
    ...['0', '1201', '', '12 months'].map((months): [string, string[]] => ['retention', [months, 'false']]),
    ...['TRUE', 'yes', '', '0', 'false '].map((dryRun): [string, string[]] => ['retention', ['12', dryRun]]),
    ['ensure', ['1', '2']],
    ['retention', ['1', 'true', 'x']],
    ['status', ['x']],
    ...['', '2026', '2026-13', '2026-00', '26-01', '9999-12', '0999-01', '2026-1', '2026-01-01', ' 2026-01'].map(
      (month): [string, string[]] => ['restore', [month]],
    ),
    ['restore', []],
    ['restore', ['2026-01', '2026-02']],
    ...['t', 'a.b.c', '.t', 's.', ''].map((table): [string, string[]] => [
      'restore',
      ['2026-01', '--from-table', table],
    ]),
    ['restore', ['2026-01', '--allow-drops', '1']],
    ['restore', ['2026-01', '--apply-grace-days']],
    ['status', ['--apply-grace-days']],
    ['ensure', ['--allow-idle']],
    ['retention', ['--dry-run']],
    ['status', ['--from-table', 'a.b']],
    ['plan', ['12', 'false']],
    ['plan', ['0']],
    ['ensure', ['--allow-drops', '1']],
    ['retention', ['--allow-drops', '0']],
    ['retention', ['--allow-drops', '-1']],
    ['retention', ['--allow-drops']],
    ['retention', ['--allow-drop-bytes', '10']],
    ['retention', ['--allow-drop-bytes', '0kB']],
    ['retention', ['--allow-drop-bytes', '2000TB']],
    ['status', ['--allow-drop-bytes', '1GB']],
    ['retention', ['--allow-drops', '1', '--allow-drops', '9']],
    ['retention', ['--allow-drop-bytes=1GB', '--allow-drop-bytes', '1GB']],
    ['restore', ['2026-01', '--from-table', 'a.b', '--from-table', 'a.c']],
    ['retention', ['--json=yes']],
    ['ensure', ['--yes']],
  ];
  const usage = {
    ensure: 'usage: boms-ensure-partitions.sh [MONTHS_AHEAD=1] [--json]',
    retention: 'usage: boms-retention.sh [KEEP_MONTHS=12] [DRY_RUN=true] [OPTION…], see --help',
    status: 'usage: boms-partitions.sh status [--json]',
    restore: 'usage: boms-partitions.sh restore YYYY-MM [--from-table SCHEMA.NAME] [--dry-run] [--json]',
    plan: 'usage: boms-partitions.sh plan [KEEP_MONTHS=12] [OPTION…], see --help',
  };
  test.each(wrong)('%s %j', (verb, args) => {
    const advice = Object.entries(usage).find(([name]) => name === verb)?.[1];
    expect(() => parseCommand(settings, [verb, ...args])).toThrow(expect.objectContaining({ exitCode: 2, advice }));
  });

  test.each([[[]], [['']], [['drop']], [['', 'ensure']]])('the verb of %j', (args) => {
    expect(() => parseCommand(settings, args)).toThrow(/verb must be one of ensure, retention, status, plan, restore/);
  });

  test.each(['ensure', 'retention'])('%s, when it is switched off', (verb) => {
    const none = { ...settings, ensure: undefined, retention: undefined };
    expect(() => parseCommand(none, [verb])).toThrow(
      expect.objectContaining({ exitCode: 2, message: expect.stringContaining('switched off') }),
    );
    expect(parseCommand(none, ['status'])).toMatchObject({ monthsAhead: 0, keepMonths: undefined });
    expect(helpText(none)).not.toContain(`${settings.set}-${verb}`);
    expect(helpText(none)).toContain(`usage: ${settings.set}-partitions.sh status [--json]`);
  });
});

test('the help text has every exit code and option', () => {
  const text = helpText(settings);
  for (const word of [
    '--json',
    '--allow-drops N',
    '--allow-drop-bytes SIZE',
    '--help',
    '  0  done',
    ' 70  internal',
    '143  stopped',
    '/etc/x.env',
  ])
    expect(text).toContain(word);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
});
