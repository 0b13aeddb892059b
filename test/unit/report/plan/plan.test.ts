import { expect, test } from 'vitest';
import { EXIT } from '../../../../src/errors.ts';
import type { Step } from '../../../../src/install/plan/step.ts';
import { recordPath } from '../../../../src/install/record/manifest.ts';
import { refusal } from '../../../../src/report/plan/refusal.ts';
import { type PlanReport, planData, planSummary, planText } from '../../../../src/report/plan/report.ts';
import { listSteps, stepDiff, stepText } from '../../../../src/report/plan/text.ts';

const RECORD = recordPath('spec');

const NOW = Date.parse('2026-11-28T00:10:00Z');

const write = (given: Partial<Extract<Step, { do: 'write' }>> = {}): Step => ({
  do: 'write',
  path: '/etc/a',
  contents: 'new\n',
  mode: 0o644,
  before: undefined,
  secret: false,
  why: 'is not there',
  ...given,
});

test.each<[Step, will: string, did: string]>([
  [{ do: 'make-directory', path: '/opt/a', mode: 0o755 }, 'create    /opt/a/ (0755)', 'created   /opt/a/ (0755)'],
  [
    { do: 'make-directory', path: '/srv/m', mode: 0o2775, group: { name: 'scrape', gid: 7 } },
    'create    /srv/m/ (02775, group scrape)',
    'created   /srv/m/ (02775, group scrape)',
  ],
  [write(), 'create    /etc/a (0644)', 'created   /etc/a (0644)'],
  [
    write({ before: 'old\n', why: 'is not what the spec renders' }),
    'replace   /etc/a (0644): is not what the spec renders',
    'replaced  /etc/a (0644)',
  ],
  [
    { do: 'change-mode', path: '/etc/a', mode: 0o644, from: 0o4600 },
    'mode      /etc/a: 0644 instead of 04600',
    'mode      /etc/a: 0644 instead of 04600',
  ],
  [
    { do: 'change-owner', path: '/etc/a', from: { uid: 7, gid: 8 } },
    'owner     /etc/a: root:root instead of 7:8',
    'owner     /etc/a: root:root instead of 7:8',
  ],
  [{ do: 'back-up', path: '/etc/a', to: '/etc/a.b' }, 'keep      /etc/a as /etc/a.b', 'kept      /etc/a as /etc/a.b'],
  [{ do: 'remove', path: '/etc/a', why: 'is old' }, 'remove    /etc/a: is old', 'removed   /etc/a'],
  [{ do: 'remove-directory', path: '/opt/a' }, 'remove    /opt/a/', 'removed   /opt/a/'],
  [{ do: 'link', path: '/etc/a', target: '/b' }, 'link      /etc/a to /b', 'linked    /etc/a to /b'],
  [{ do: 'reload' }, 'reload    systemd', 'reloaded  systemd'],
  [{ do: 'enable', unit: 'a.timer' }, 'enable    a.timer', 'enabled   a.timer'],
  [{ do: 'start', unit: 'a.timer' }, 'start     a.timer', 'started   a.timer'],
  [{ do: 'restart', unit: 'a.timer' }, 'restart   a.timer', 'restarted a.timer'],
  [
    { do: 'stop', unit: 'a.service' },
    'stop      a.service: it failed and waits to be started again',
    'stopped   a.service',
  ],
  [{ do: 'disable', unit: 'a.timer' }, 'disable   a.timer (disable --now)', 'disabled  a.timer (disable --now)'],
  [{ do: 'run', unit: 'a.service', writes: [] }, 'run       a.service', 'ran       a.service'],
  [{ do: 'reset-failed', unit: 'a' }, 'forget    that a had failed', 'forgot    that a had failed'],
])('a step in one line: %j', (step, will, did) => {
  expect([stepText(step, 'will'), stepText(step, 'did')]).toEqual([will, did]);
});

test('a replaced file is shown as a unified diff, before it is replaced', () => {
  const step = write({ before: 'old\n', why: 'differs' });
  const diff = '--- /etc/a\n+++ as rendered\n@@ -1,1 +1,1 @@\n-old\n+new\n';
  expect(stepDiff(step)).toBe(diff);
  expect(listSteps([step], 'will', false)).toBe(`replace   /etc/a (0644): differs\n${diff}`);
  expect(listSteps([step], 'did', false)).toBe('replaced  /etc/a (0644)\n');
  expect(listSteps([step], 'will', true)).toContain('\x1b[31m-old\x1b[0m\n\x1b[32m+new\x1b[0m\n');
});

test('what nobody reads is told by its digest, and a secret not at all', () => {
  expect(stepDiff(write({ before: 'x'.repeat(2000) }))).toMatch(/^sha256 [0-9a-f]{64} instead of [0-9a-f]{64}\n$/);
  expect(stepDiff(write({ before: 'PG_DSN=secret', secret: true }))).toBeUndefined();
  expect(stepDiff(write())).toBeUndefined();
  expect(stepDiff(write({ path: RECORD, before: '{}' }))).toBeUndefined();
});

test('the manifest, which is written first and last, is told once', () => {
  const record = (before: string | undefined) => write({ path: RECORD, before });
  const steps: Step[] = [record(undefined), { do: 'reload' }, record('new\n')];
  expect(listSteps(steps, 'did', false)).toBe(`created   ${RECORD} (0644)\nreloaded  systemd\n`);
  expect(planSummary({ ...REPORT, steps })).toBe('installed on this host: 2 steps\n');
});

const REPORT: PlanReport = {
  verb: 'install',
  root: '/',
  outcome: 'done',
  dryRun: false,
  steps: [write({ path: '/etc/env', contents: 'PG_DSN=secret', secret: true }), { do: 'start', unit: 'a.timer' }],
  timers: [
    { timer: 'a.timer', next: Date.parse('2026-12-01T00:10:00Z') },
    { timer: 'b.timer', next: undefined },
  ],
  notes: ['edit it'],
  notChecked: ['node'],
  refused: [],
  failedJobs: [],
};

test('the report tells what was done, when timers elapse, what was not checked and what a person should know', () => {
  expect(planText(REPORT, NOW, false)).toBe(`created   /etc/env (0644)
started   a.timer

Timers that run:
  a.timer, next at 2026-12-01 00:10:00 UTC (in 3 days)
  b.timer

Not checked:
  node

Please note:
  edit it
`);
  expect(planSummary(REPORT)).toBe('installed on this host: 2 steps\n');
  expect(planSummary({ ...REPORT, verb: 'uninstall', root: '/image', steps: [{ do: 'reload' }] })).toBe(
    'uninstalled on /image: 1 step\n',
  );
  expect(planSummary({ ...REPORT, dryRun: true })).toBe('dry run: 2 steps, none of them done\n');
});

test('nothing to do is said in so many words', () => {
  const idle = { ...REPORT, steps: [], timers: [], notes: [], notChecked: [] };
  expect([planText(idle, NOW, false), planSummary(idle)]).toEqual(['nothing to do\n', '']);
});

test('the same as data, without contents', () => {
  const reason = { found: 'x is wrong', fix: 'mend x', kind: 'refused' } as const;
  const data = planData({ ...REPORT, refused: [{ ...reason, edited: { path: '/x', before: 'a', after: 'b' } }] });
  expect(data).toEqual({
    root: '/',
    outcome: 'done',
    dryRun: false,
    steps: [
      { do: 'create', path: '/etc/env', mode: '0644', why: 'is not there', diff: null },
      { do: 'start', unit: 'a.timer' },
    ],
    timers: [
      { timer: 'a.timer', next: '2026-12-01T00:10:00.000Z' },
      { timer: 'b.timer', next: null },
    ],
    notes: ['edit it'],
    notChecked: ['node'],
    refused: [{ found: 'x is wrong', fix: 'mend x', code: EXIT.refused }],
    failedJobs: [],
    rolledBack: null,
  });
});

test('a refusal tells every reason with its fix, and an edited file as a diff; the gravest reason gives the exit code', () => {
  const edited = { path: '/etc/a', before: 'mine\n', after: 'ours\n' };
  const error = refusal([
    { found: 'PG_DSN is not set', fix: 'Set it', kind: 'configuration' },
    { found: '/etc/a was edited', fix: '--force', kind: 'refused', edited },
    { found: 'bash is missing', fix: 'Install bash', kind: 'missing' },
  ]);
  expect(error.exitCode).toBe(EXIT.refused);
  expect(error.message).toBe(`nothing was changed, because of these 3 things:
- PG_DSN is not set
  → Set it
- /etc/a was edited
  → --force
--- as rendered
+++ /etc/a
@@ -1,1 +1,1 @@
-ours
+mine
- bash is missing
  → Install bash`);
  expect(refusal([{ found: 'bash is missing', fix: 'Install bash', kind: 'missing' }])).toMatchObject({
    exitCode: EXIT.missing,
    message: 'nothing was changed, because of this:\n- bash is missing\n  → Install bash',
  });
});
