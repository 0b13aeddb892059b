import { describe, expect, test } from 'vitest';
import type { HostStatus, JobRun, JobStatus } from '../../../../src/install/status/status.ts';
import { statusData } from '../../../../src/report/status/data.ts';
import { problemsOf, resultText } from '../../../../src/report/status/problems.ts';
import { statusText } from '../../../../src/report/status/text.ts';

const at = (time: string) => Date.parse(`2026-11-${time}Z`);
const NOW = at('23T12:00:00');

const RUN: JobRun = {
  startedAt: at('23T10:00:00'),
  endedAt: at('23T10:00:01.500'),
  result: 'success',
  exitStatus: 0,
  from: 'systemd',
};
const FAILED: JobRun = { ...RUN, result: 'exit-code', exitStatus: 4 };

const job = (given: Partial<JobStatus> = {}): JobStatus => ({
  unit: 'a-ensure',
  set: 'a',
  job: 'ensure',
  installed: true,
  drift: [],
  enabled: 'enabled',
  active: 'active',
  retrying: false,
  lastRun: RUN,
  journalSeen: true,
  lastSuccess: { at: at('23T10:00:01.500'), from: 'systemd' },
  lastTrigger: at('23T10:00:00'),
  nextRun: at('24T00:15:00'),
  journal: [],
  ...given,
});

const host = (given: Partial<HostStatus> = {}): HostStatus => ({
  root: '/',
  isLive: true,
  installed: true,
  jobs: [job()],
  drift: [],
  environmentFile: {
    path: '/etc/a.env',
    found: { state: 'present', link: undefined, mode: 0o600, uid: 0, dsn: { is: 'configured', overSocket: false } },
  },
  partitions: [
    { set: 'a', is: 'read', missing: [], runwayUntil: '2027-01-01', runwayDays: 38, findings: [], problems: [] },
  ],
  notSeen: [],
  ...given,
});

const environment = (given: Partial<Extract<NonNullable<HostStatus['environmentFile']>['found'], { mode: number }>>) =>
  host({
    environmentFile: {
      path: '/etc/a.env',
      found: {
        state: 'present',
        link: undefined,
        mode: 0o600,
        uid: 0,
        dsn: { is: 'configured', overSocket: false },
        ...given,
      },
    },
  });

const NEVER = { lastRun: undefined, lastSuccess: undefined, lastTrigger: undefined };
const OVERRIDE = { section: 'Timer', key: 'OnCalendar', from: ['monthly'], to: ['', 'daily'] };

describe('needs a person', () => {
  test.each<[what: string, status: HostStatus, problem: string, fix: string]>([
    [
      'nothing is installed',
      host({ installed: false, jobs: [] }),
      'hotlookup has installed nothing here',
      'sudo hotlookup install',
    ],
    [
      'nothing is installed in an image',
      host({ installed: false, jobs: [], root: '/my image', isLive: false }),
      'hotlookup has installed nothing here',
      "hotlookup install --root '/my image'",
    ],
    [
      'a file drifted',
      host({ drift: [{ subject: '/opt/lib.cjs', is: 'missing' }] }),
      '/opt/lib.cjs is not there',
      'hotlookup diff shows more; sudo hotlookup install sets it right, with --force an edited file too',
    ],
    [
      'a timer is disabled',
      host({ jobs: [job({ drift: [{ subject: 'a-ensure.timer', is: 'not-enabled', found: 'disabled' }] })] }),
      'a-ensure.timer is disabled, should be enabled',
      'If that is not on purpose: sudo systemctl enable --now a-ensure.timer',
    ],
    [
      'a timer is masked',
      host({ jobs: [job({ drift: [{ subject: 'a-ensure.timer', is: 'not-enabled', found: 'masked' }] })] }),
      'a-ensure.timer is masked, should be enabled',
      'If that is not on purpose: sudo hotlookup install --enable',
    ],
    [
      'a timer of an image is not enabled',
      host({
        root: '/image',
        isLive: false,
        jobs: [job({ drift: [{ subject: 'a-ensure.timer', is: 'not-enabled', found: 'disabled' }] })],
      }),
      'a-ensure.timer is disabled, should be enabled',
      'If that is not on purpose: hotlookup install --root /image --enable',
    ],
    [
      'systemd has old files',
      host({ jobs: [job({ drift: [{ subject: 'a-ensure.timer', is: 'reload' }] })] }),
      'a-ensure.timer has files that changed since systemd read them',
      'sudo systemctl daemon-reload',
    ],
    [
      'systemd cannot use a unit',
      host({ jobs: [job({ drift: [{ subject: 'a-ensure.timer', is: 'unusable', found: 'bad-setting' }] })] }),
      'a-ensure.timer cannot be used by systemd (bad-setting)',
      'systemd-analyze verify a-ensure.timer tells what is wrong; correct it, then: sudo systemctl daemon-reload',
    ],
    [
      'a job failed',
      host({ jobs: [job({ lastRun: FAILED, retrying: true })] }),
      'a-ensure failed at 2026-11-23 10:00:01 UTC: exit code 4 (database unreachable or short of a resource, a standby, or TLS refused); it is tried again',
      'Mend what its last lines say, then: sudo systemctl start a-ensure.service',
    ],
    [
      'ensure was stopped and never succeeded',
      host({ jobs: [job({ ...NEVER, lastRun: { ...RUN, result: 'stopped', exitStatus: 143 } })] }),
      'a-ensure has not succeeded yet, as far as is known',
      'sudo systemctl start a-ensure.service',
    ],
    [
      'ensure never succeeded',
      host({ jobs: [job(NEVER)] }),
      'a-ensure has not succeeded yet, as far as is known',
      'sudo systemctl start a-ensure.service',
    ],
    [
      'a month is missing',
      host({
        partitions: [
          {
            set: 'a',
            is: 'read',
            missing: ['2026-12'],
            runwayUntil: null,
            runwayDays: null,
            findings: [],
            problems: [],
          },
        ],
      }),
      'a: no partition for 2026-12',
      'sudo systemctl start a-ensure.service',
    ],
    [
      'the partitions are odd',
      host({
        partitions: [
          {
            set: 'a',
            is: 'read',
            missing: [],
            runwayUntil: null,
            runwayDays: null,
            findings: [],
            problems: ['a detach is pending'],
          },
        ],
      }),
      'a: a detach is pending',
      'See the runbook',
    ],
    [
      'a person must finish a detach',
      host({
        partitions: [
          {
            set: 'a',
            is: 'read',
            missing: [],
            runwayUntil: null,
            runwayDays: null,
            findings: [{ kind: 'pending-detach', what: 'a detach is pending', fix: 'Finish it: ALTER …;' }],
            problems: ['a detach is pending'],
          },
        ],
      }),
      'a: a detach is pending',
      'Finish it: ALTER …;',
    ],
    [
      'the database does not answer',
      host({ partitions: [{ set: 'a', is: 'failed', exitCode: 4, said: 'no server' }] }),
      'the status of a ended with exit code 4 (database unreachable or short of a resource, a standby, or TLS refused):\nno server',
      'The jobs meet the same: see to the database, its network and PG_DSN',
    ],
    [
      'the environment file is missing',
      host({ environmentFile: { path: '/etc/a.env', found: { state: 'absent' } } }),
      '/etc/a.env is missing',
      'sudo hotlookup install, then: sudoedit /etc/a.env',
    ],
    [
      'others may read the password',
      environment({ mode: 0o644 }),
      '/etc/a.env has mode 0644: others may read it',
      'sudo chmod 0600 /etc/a.env',
    ],
    [
      'PG_DSN is not set',
      environment({ dsn: { is: 'undefined', ignored: undefined } }),
      '/etc/a.env does not define PG_DSN',
      'sudoedit /etc/a.env',
    ],
    [
      'PG_DSN is the example',
      environment({ dsn: { is: 'placeholder' } }),
      '/etc/a.env still has the PG_DSN of the example',
      'sudoedit /etc/a.env',
    ],
    [
      'PG_DSN is wrong',
      environment({ dsn: { is: 'invalid', problem: 'there is no key Hots' } }),
      'PG_DSN in /etc/a.env: there is no key Hots',
      'sudoedit /etc/a.env',
    ],
  ])('when %s', (_, status, what, fix) => {
    expect(problemsOf(status)).toEqual([{ what, fix }]);
  });
});

describe('needs nobody', () => {
  test.each<[what: string, status: HostStatus]>([
    ['all is well', host()],
    [
      'an administrator has a drop-in',
      host({
        jobs: [job({ drift: [{ subject: 'a-ensure.timer', is: 'drop-in', path: '/x.conf', setting: OVERRIDE }] })],
      }),
    ],
    ['retention has not run yet', host({ jobs: [job({ ...NEVER, unit: 'a-retention', job: 'retention' })] })],
    ['ensure runs for the first time', host({ jobs: [job({ ...NEVER, lastRun: { ...RUN, result: undefined } })] })],
    ['the journal forgot a success and every month is there', host({ jobs: [job({ ...NEVER, lastTrigger: NOW })] })],
    ['this user may not see the journal', host({ jobs: [job({ ...NEVER, journalSeen: false })] })],
    ['this user may not see PG_DSN', environment({ dsn: { is: 'unreadable' } })],
    ['an image was never booted', host({ isLive: false, jobs: [job({ ...NEVER, active: undefined })] })],
  ])('when %s', (_, status) => {
    expect(problemsOf(status)).toEqual([]);
  });
});

test.each([
  [{ result: undefined, exitStatus: undefined }, 'running'],
  [{ result: 'success', exitStatus: 6 }, 'success'],
  [{ result: 'exit-code', exitStatus: 203 }, 'exit code 203'],
  [{ result: 'exit-code', exitStatus: undefined }, 'exit-code'],
  [{ result: 'timeout', exitStatus: undefined }, 'it ran into its time budget (TimeoutStartSec=)'],
  [{ result: 'watchdog', exitStatus: undefined }, 'watchdog'],
])('the end of a run in words: %j', (run, words) => {
  expect(resultText(run)).toBe(words);
});

const text = (status: HostStatus, columns?: number) => statusText(status, problemsOf(status), NOW, columns);

test('on a terminal the jobs are a table', () => {
  expect(text(host(), 120).split('\n')).toEqual([
    'JOB       FILES      TIMER            LAST RUN                      LAST SUCCESS  NEXT RUN',
    'a-ensure  installed  enabled, active  success, 2 h ago, took 1.5 s  119 min ago   in 12 h',
    '',
    'Partitions:',
    '  a: no month missing; runway 38 days, until 2027-01-01',
    '',
  ]);
});

test.each([undefined, 60])('in a pipe, and where the table is too wide, each fact is a line: %j columns', (columns) => {
  expect(text(host({ partitions: [] }), columns)).toBe(`a-ensure: files: installed
a-ensure: timer: enabled, active
a-ensure: last run: success, 2026-11-23 10:00:00 UTC (2 h ago), took 1.5 s
a-ensure: last success: 2026-11-23 10:00:01 UTC (119 min ago)
a-ensure: next run: 2026-11-24 00:15:00 UTC (in 12 h)
`);
});

test('a failed job is told with its last lines, which cannot steer the terminal, and with what to do', () => {
  const failed = job({ lastRun: FAILED, lastSuccess: undefined, journal: ['no server', '\x1b[2Jtry later'] });
  expect(text(host({ jobs: [failed], partitions: [] }))).toMatch(
    /a-ensure: last run: exit code 4, .*\na-ensure: last success: none known, timer fired or first started 2026-11-23 10:00:00 UTC \(2 h ago\)\n.*\n\nLast lines of a-ensure:\n {2}no server\n {2}\?\[2Jtry later\n\nNeeds a person:\n {2}a-ensure failed at .*\n {2}→ Mend what/,
  );
});

test('what could not be seen is said, and a fix of several problems is told once', () => {
  const missing = (subject: string) => ({ subject, is: 'missing' }) as const;
  const status = host({
    isLive: false,
    jobs: [job({ ...NEVER, active: undefined, installed: false, drift: [missing('/x.timer'), missing('/x.service')] })],
    partitions: [{ set: 'a', is: 'not seen', why: 'not root' }],
    notSeen: ['the journal'],
  });
  expect(text(status)).toBe(`a-ensure: files: not installed
a-ensure: timer: enabled

Not seen:
  the journal
  partitions of a: not root

Needs a person:
  /x.timer is not there
  /x.service is not there
  → hotlookup diff shows more; sudo hotlookup install sets it right, with --force an edited file too
`);
});

test('drop-ins are told, though nobody is needed', () => {
  const drift = [{ subject: 'a-ensure.timer', is: 'drop-in', path: '/x.conf', setting: OVERRIDE }] as const;
  expect(text(host({ jobs: [job({ drift })], partitions: [] }))).toContain('a-ensure: files: installed\n');
  expect(text(host({ jobs: [job({ drift })], partitions: [] }))).toContain(
    '\nDrop-ins:\n  a-ensure.timer: /x.conf sets [Timer] OnCalendar= to daily; generated is monthly\n',
  );
});

test('the same as data, with times in ISO 8601 and null for what is not known', () => {
  const status = host({
    jobs: [job(), job({ ...NEVER, unit: 'a-retention', job: 'retention', active: undefined, nextRun: undefined })],
  });
  const { jobs, ...data } = statusData(status, problemsOf(status), NOW);
  expect(data).toMatchObject({ root: '/', live: true, ok: true, installed: true, problems: [], drift: [] });
  expect(jobs).toEqual([
    {
      job: 'a-ensure',
      set: 'a',
      installed: true,
      drift: [],
      enabled: 'enabled',
      active: 'active',
      retrying: false,
      lastRun: {
        startedAt: '2026-11-23T10:00:00.000Z',
        endedAt: '2026-11-23T10:00:01.500Z',
        seconds: 1.5,
        result: 'success',
        exitStatus: 0,
        knownFrom: 'systemd',
      },
      lastSuccess: { at: '2026-11-23T10:00:01.500Z', secondsAgo: 7198.5, knownFrom: 'systemd' },
      timerLastFired: '2026-11-23T10:00:00.000Z',
      nextRun: '2026-11-24T00:15:00.000Z',
      lastLines: [],
    },
    expect.objectContaining({ job: 'a-retention', active: null, lastRun: null, lastSuccess: null, nextRun: null }),
  ]);
});
