import { expect, test } from 'vitest';
import { line, makeReport } from '../../../../src/runtime/job/report.ts';
import { reportText, summary } from '../../../../src/runtime/job/report-text.ts';
import { spellBytes } from '../../../../src/runtime/shared/words.ts';
import { at, fallback, month, monthly, NO_SETTINGS } from '../partitions.ts';

const november = monthly('2026-11', { rows: 1234, bytes: 5_000_000, schema: 'scanner' });
const december = monthly('2026-12', { rows: null, bytes: null, name: 't\n<0>x' });
const report = makeReport({
  job: 'ensure',
  settings: NO_SETTINGS,
  set: 'boms',
  table: 'scanner.t',
  dryRun: false,
  now: at('2026-11-23T12:00:00Z'),
  cutoff: undefined,
  lines: [
    line(november, 'kept', 'was there already'),
    line(december, 'created', 'was missing'),
    line(fallback(), 'kept', 'DEFAULT partition'),
  ],
  missing: [],
  partitions: [november, december, monthly('2027-03')],
  problems: [],
});

test('on a terminal: a table', () => {
  expect(reportText(report, { isTerminal: true, isJournal: false })).toBe(
    `PARTITION          FROM        TO          ROWS    SIZE  ACTION   REASON
scanner.t_2026_11  2026-11-01  2026-12-01  1234  4.8 MB  kept     was there already
s.t\\u000a<0>x      2026-12-01  2027-01-01     ?       ?  created  was missing
s.t_default        DEFAULT                    0  8.0 kB  kept     DEFAULT partition
gap [2027-01-01, 2027-03-01): rows of that time have no partition
ensure boms: 1 created; runway 38 days, until 2027-01-01
`,
  );
});

test('in the journal: a priority and one line for each partition, whatever its name', () => {
  expect(reportText(report, { isTerminal: false, isJournal: true })).toBe(
    `<6>kept scanner.t_2026_11 [2026-11-01, 2026-12-01), about 1234 rows, 4.8 MB: was there already
<5>created s.t\\u000a<0>x [2026-12-01, 2027-01-01): was missing
<6>kept s.t_default DEFAULT, about 0 rows, 8.0 kB: DEFAULT partition
<4>gap [2027-01-01, 2027-03-01): rows of that time have no partition
<5>ensure boms: 1 created; runway 38 days, until 2027-01-01
`,
  );
});

test('the JSON document', () => {
  expect(report).toEqual({
    job: 'ensure',
    settings: [],
    findings: [],
    set: 'boms',
    table: 'scanner.t',
    dryRun: false,
    ok: true,
    now: '2026-11-23T12:00:00.000Z',
    cutoff: null,
    strategy: null,
    partitions: [
      {
        partition: 'scanner.t_2026_11',
        from: '2026-11-01',
        to: '2026-12-01',
        rows: 1234,
        bytes: 5_000_000,
        action: 'kept',
        reason: 'was there already',
        until: null,
        heldAs: null,
      },
      {
        partition: 's.t\n<0>x',
        from: '2026-12-01',
        to: '2027-01-01',
        rows: null,
        bytes: null,
        action: 'created',
        reason: 'was missing',
        until: null,
        heldAs: null,
      },
      {
        partition: 's.t_default',
        from: null,
        to: null,
        rows: 0,
        bytes: 8192,
        action: 'kept',
        reason: 'DEFAULT partition',
        until: null,
        heldAs: null,
      },
    ],
    plan: null,
    restoredRows: null,
    missing: [],
    gaps: [{ from: '2027-01-01', to: '2027-03-01' }],
    runwayUntil: '2027-01-01',
    runwayDays: 38,
    lockWaits: 0,
    problems: [],
  });
});

test.each([
  [{ partitions: [] }, 'ensure boms: nothing to do, every wanted month exists; runway 38 days, until 2027-01-01'],
  [
    { missing: ['2026-12'], runwayDays: 1 },
    'ensure boms: 1 created, still missing: 2026-12; runway 1 day, until 2027-01-01',
  ],
  [{ runwayDays: null, runwayUntil: 'infinity' }, 'ensure boms: 1 created; the runway has no end'],
  [{ runwayDays: null, runwayUntil: null }, 'ensure boms: 1 created; no runway: rows of now have no partition'],
  [
    { job: 'retention' as const, dryRun: true, partitions: [line(november, 'would-drop', '')] },
    'retention boms: dry run, 1 would be dropped, 0 kept; runway 38 days, until 2027-01-01',
  ],
  [
    { job: 'retention' as const, dryRun: true, partitions: [line(november, 'would-detach', '')] },
    'retention boms: dry run, 1 would be detached, 0 kept; runway 38 days, until 2027-01-01',
  ],
  [
    { job: 'retention' as const, partitions: [line(november, 'dropped', ''), line(november, 'detached', '')] },
    'retention boms: 1 dropped, 1 detached, 0 kept; runway 38 days, until 2027-01-01',
  ],
  [{ job: 'retention' as const }, 'retention boms: nothing dropped, 2 kept; runway 38 days, until 2027-01-01'],
  [
    { job: 'status' as const, missing: ['2027-01'] },
    'status boms: 3 partitions, 0 beyond the cutoff, 1 missing; runway 38 days, until 2027-01-01',
  ],
])('summary %#', (rest, text) => {
  expect(summary({ ...report, ...rest })).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 kB'],
  [10_240, '10 kB'],
  [3 * 1024 ** 3, '3.0 GB'],
  [1024 ** 6, '1024 PB'],
])('%i bytes are %s', (bytes, text) => {
  expect(spellBytes(bytes)).toBe(text);
});

test('months have names in the report', () => {
  const findings = {
    job: 'status',
    settings: NO_SETTINGS,
    set: 's',
    table: 't',
    dryRun: true,
    now: 0,
    cutoff: at('1969-12-01'),
    lines: [],
    partitions: [],
    problems: ['x'],
  } as const;
  expect(makeReport({ ...findings, missing: [month('1970-01')] })).toMatchObject({
    missing: ['1970-01'],
    cutoff: '1969-12-01',
    ok: false,
    runwayUntil: null,
  });
});

test.each([
  ['restored', false, { before: 3, after: 3 }, [], 'restored, 3 rows in the table before, 3 in its bounds after'],
  [
    'restored',
    false,
    { before: 1, after: null },
    ['x'],
    'restored, 1 row in the table before, an unknown number in its bounds after',
  ],
  ['would-restore', true, { before: 3, after: null }, [], 'dry run, 3 rows would be restored'],
  ['kept', false, null, [], 'nothing to do'],
  ['kept', true, null, ['x'], 'not restored'],
] as const)('restore that comes to %s (dry run %s, rows %j)', (action, dryRun, restoredRows, problems, text) => {
  const lines = [line(november, action, '')];
  const findings = {
    settings: NO_SETTINGS,
    job: 'restore',
    set: 'boms',
    table: 's.t',
    missing: [],
    cutoff: undefined,
  } as const;
  const made = makeReport({
    ...findings,
    dryRun,
    now: at('2026-11-23T12:00:00Z'),
    lines,
    partitions: [november],
    problems,
    restoredRows,
  });
  expect(summary(made)).toBe(`restore boms: ${text}; runway 7 days, until 2026-12-01`);
});
