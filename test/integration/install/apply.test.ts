import {
  chmodSync,
  chownSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { apply } from '../../../src/install/apply/apply.ts';
import type { HostPort, UnitState } from '../../../src/install/host/host.ts';
import type { Step } from '../../../src/install/plan/step.ts';
import { interruptible } from '../../../src/io/interruptible.ts';
import { watchPort } from '../../harness/install/faulty-port.ts';
import { type HostFolder, openFolder } from '../../harness/install/host-folder.ts';
import { type HostState, stateOf } from '../../harness/install/host-state.ts';
import { arrange, SCENARIOS } from '../../harness/install/scenarios.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { createScratch, type Scratch } from '../../harness/runner/scratch.ts';

const UNITS = '/etc/systemd/system';
const CALENDAR = '[Timer]\nOnCalendar=*-*-01 03:00:00 UTC\n[Install]\nWantedBy=timers.target\n';

let scratch: Scratch;
let host: HostFolder;
let port: HostPort;
let before: HostState;
beforeAll(() => {
  scratch = createScratch('hotlookup-apply-');
});
afterAll(() => scratch.dispose());
beforeEach(async () => {
  const fresh = SCENARIOS['a fresh install'];
  if (!fresh) throw new Error('no scenario of a fresh install');
  host = await arrange(scratch.path('host'), fresh);
  put('/etc/kept', 'kept\n');
  port = openFolder(host);
  before = stateOf(host);
});

function put(path: string, contents: string): string {
  const file = join(host.root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
  return file;
}

const write = (path: string, contents = 'new\n', mode = 0o644): Step => ({
  do: 'write',
  path,
  contents,
  mode,
  before: undefined,
  secret: false,
  why: 'a test',
});
const IMPOSSIBLE: Step = { do: 'remove', path: '/etc/nothing', why: 'a test' };

type Options = { activeTimers?: string[]; report?: (step: Step, number: number) => void; on?: HostPort };

const carryOut = (steps: readonly Step[], { activeTimers = [], report = () => undefined, on = port }: Options = {}) =>
  interruptible((signal) => apply(on, { steps, notes: [], refusals: [], activeTimers }, { signal, report }));

describe('a failure', () => {
  test('is told with its step, its cause and the state of the host', async () => {
    await expect(carryOut([write('/etc/kept'), IMPOSSIBLE])).rejects.toMatchObject({
      exitCode: EXIT.rolledBack,
      message: expect.stringMatching(
        /^step 2 of 2 \(remove \/etc\/nothing\) failed: .*no such file or folder\nEverything that was done is undone: all is as it was before$/,
      ),
      advice: 'Mend the cause, then run the same command again',
    });
    expect(stateOf(host)).toEqual(before);
  });

  test('of undoing is told, and all else is undone', async () => {
    let isUndoing = false;
    const stubborn = watchPort(port, ({ name, args }) => {
      isUndoing ||= args[0] === '/etc/nothing';
      if (isUndoing && name === 'remove' && args[0] === '/etc/second') throw new Error('EIO: made to fail');
    });
    const steps = [write('/etc/first'), write('/etc/second'), write('/etc/third'), IMPOSSIBLE];
    await expect(carryOut(steps, { on: stubborn })).rejects.toMatchObject({
      exitCode: EXIT.rolledBack,
      message: expect.stringContaining(
        'All is as it was before, except for what could not be undone:\n  /etc/second: EIO: made to fail',
      ),
    });
    expect(Object.keys(stateOf(host).tree)).toEqual(Object.keys({ ...before.tree, '/etc/second': 1 }).sort());
  });

  test('brings back links, and takes new folders away', async () => {
    symlinkSync('/dev/null', join(host.root, 'etc/link'));
    before = stateOf(host);
    const steps: Step[] = [
      { do: 'make-directory', path: '/opt/a', mode: 0o750 },
      { do: 'make-directory', path: '/opt/a/b', mode: 0o755 },
      { do: 'link', path: '/etc/link', target: '/etc/kept' },
      { do: 'link', path: '/opt/a/b/link', target: 'nowhere' },
      { do: 'back-up', path: '/etc/kept', to: '/opt/a/copy' },
      { do: 'remove', path: '/etc/kept', why: 'a test' },
    ];
    await expect(carryOut([...steps, IMPOSSIBLE])).rejects.toMatchObject({ exitCode: EXIT.rolledBack });
    expect(stateOf(host)).toEqual(before);
    await carryOut(steps);
    expect(stateOf(host).tree).toMatchObject({
      '/etc/link': { holds: '/etc/kept' },
      '/opt/a': { mode: '750' },
      '/opt/a/copy': { holds: 'kept\n', mode: before.tree['/etc/kept']?.mode },
    });
    expect(stateOf(host).tree).not.toHaveProperty('/etc/kept');
  });
});

describeNeeding({ root: true }, 'modes and owners', () => {
  test('come back, set-ID bits too', async () => {
    const file = put('/opt/program', '');
    chownSync(file, 12, 34);
    chmodSync(file, 0o4755);
    before = stateOf(host);
    const steps: Step[] = [
      { do: 'change-owner', path: '/opt/program', from: { uid: 12, gid: 34 } },
      { do: 'change-mode', path: '/opt/program', mode: 0o644, from: 0o4755 },
      write('/opt/program'),
    ];
    for (const part of [
      steps,
      steps.slice(0, 2),
      steps.slice(2),
      [...steps.slice(2), { ...IMPOSSIBLE, path: '/opt/program' }],
    ]) {
      await expect(carryOut([...part, IMPOSSIBLE])).rejects.toMatchObject({ exitCode: EXIT.rolledBack });
      expect(stateOf(host)).toEqual(before);
    }
    await carryOut(steps);
    expect(stateOf(host).tree['/opt/program']).toMatchObject({ mode: '644', owner: '0:0', holds: 'new\n' });
  });
});

describe('a signal', () => {
  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s undoes what was done', async (name) => {
    const done: number[] = [];
    const report = (_: Step, number: number) => {
      done.push(number);
      if (number === 2) process.kill(process.pid, name);
    };
    const steps = [write('/etc/kept'), write('/etc/second'), write('/etc/third')];
    await expect(carryOut(steps, { report })).rejects.toMatchObject({
      exitCode: EXIT.rolledBack,
      message: expect.stringContaining(`stopped by ${name} before step 3 of 3 (create /etc/third (0644))\nEverything`),
    });
    expect(done).toEqual([1, 2]);
    expect(stateOf(host)).toEqual(before);
  });
});

describe('a job that is run', () => {
  const RUN: Step = { do: 'run', unit: 'job.service', writes: ['/etc/metrics/job.prom'] };
  const steps = [write(`${UNITS}/job.service`, '[Service]\n'), RUN, write('/etc/second')];
  /** What `systemctl start` of the job does, in the place of systemd. */
  const starting = (start: (signal: AbortSignal | undefined) => Promise<void>): HostPort => {
    const { systemd } = port;
    if (!systemd) throw new Error('the host has no systemd');
    const control: typeof systemd.control = (args, signal) =>
      args[0] === 'start' ? start(signal) : systemd.control(args, signal);
    return { ...port, systemd: { ...systemd, control } };
  };

  test('may fail: all else is done, and the failure told', async () => {
    const on = starting(() => Promise.reject(new Error('Job for job.service failed')));
    expect(await carryOut(steps, { on })).toEqual([{ unit: 'job.service', why: 'Job for job.service failed' }]);
    expect(Object.keys(stateOf(host).tree)).toContain('/etc/second');
  });

  test('is not waited for once a signal comes, and all is undone', async () => {
    const on = starting(
      (signal) =>
        new Promise((_, reject) => {
          signal?.addEventListener('abort', () => reject(new Error('systemctl was ended')));
          process.kill(process.pid, 'SIGINT');
        }),
    );
    await expect(carryOut(steps, { on })).rejects.toMatchObject({
      exitCode: EXIT.rolledBack,
      message: expect.stringContaining('stopped by SIGINT during step 2 of 3 (run job.service)\nEverything'),
      data: { rolledBack: { done: 1, notUndone: [] } },
    });
    expect(stateOf(host)).toEqual(before);
  });

  test('is undone with what it wrote, before the folder that it wrote to', async () => {
    const folder: Step = { do: 'make-directory', path: '/etc/metrics', mode: 0o2775 };
    const on = starting(async () => {
      port.files.createFile('/etc/metrics/job.prom', Buffer.from('1'), 0o644);
    });
    await expect(carryOut([folder, ...steps, IMPOSSIBLE], { on })).rejects.toMatchObject({
      data: { rolledBack: { notUndone: [] } },
    });
    expect(stateOf(host)).toEqual(before);
  });

  test('that has ended well is told of when a later step fails, for what it did in the database stays', async () => {
    const on = starting(async () => undefined);
    await expect(carryOut([...steps, IMPOSSIBLE], { on })).rejects.toMatchObject({
      message: expect.stringMatching(/all is as it was before, but for the partitions that job\.service made$/),
    });
    expect(stateOf(host)).toEqual(before);
  });
});

describe('the check of the timers', () => {
  const timer = (contents: string): Step[] => [
    write(`${UNITS}/t.timer`, contents),
    { do: 'reload' },
    { do: 'enable', unit: 't.timer' },
    { do: 'start', unit: 't.timer' },
  ];
  const showing = (states: Readonly<Record<string, Partial<UnitState>>>): HostPort => {
    const { systemd } = port;
    if (!systemd) throw new Error('the host has no systemd');
    return {
      ...port,
      systemd: { ...systemd, show: async (unit) => ({ ...(await systemd.show(unit)), ...states[unit] }) },
    };
  };

  test('passes a timer that elapses', async () => {
    await carryOut(timer(CALENDAR), { activeTimers: ['t.timer'] });
    expect(stateOf(host).units).toEqual({ 't.timer': CALENDAR });
  });

  test.each([
    ['never elapses', {}, '[Timer]\nOnBootSec=1h\n', 't.timer never elapses'],
    [
      'is not loaded',
      { 't.timer': { load: 'bad-setting' } },
      CALENDAR,
      'systemd could not load t.timer: it is bad-setting',
    ],
    ['was not read', { 't.timer': { needsReload: true } }, CALENDAR, 'systemd has not read the new t.timer'],
  ])('refuses one that %s, and all is as before', async (_, states, contents, found) => {
    await expect(carryOut(timer(contents), { activeTimers: ['t.timer'], on: showing(states) })).rejects.toMatchObject({
      exitCode: EXIT.rolledBack,
      message: expect.stringContaining(`the check of the timers failed: ${found}`),
    });
    expect(stateOf(host)).toEqual(before);
  });

  test('refuses one that was not started', async () => {
    await expect(carryOut(timer(CALENDAR).slice(0, -1), { activeTimers: ['t.timer'] })).rejects.toMatchObject({
      message: expect.stringContaining('t.timer is inactive, not active'),
    });
    expect(stateOf(host)).toEqual(before);
  });

  test('passes one without a next elapse while its job runs', async () => {
    const running = showing({ 't.timer': { nextElapse: undefined }, 't.service': { active: 'activating' } });
    await carryOut(timer(CALENDAR), { activeTimers: ['t.timer'], on: running });
    expect(stateOf(host).units).toEqual({ 't.timer': CALENDAR });
  });

  test('comes before what follows the last timer step', async () => {
    const steps = [...timer('[Timer]\nOnBootSec=1h\n'), write('/etc/kept')];
    const done: string[] = [];
    const report = (step: Step) => void done.push(step.do);
    await expect(carryOut(steps, { activeTimers: ['t.timer'], report })).rejects.toThrow('never elapses');
    expect(done).toEqual(['write', 'reload', 'enable', 'start']);
  });
});

test('whoever has the old file open, as bash has its script, reads on in it', async () => {
  const reader = openSync(put('/opt/script', 'old\n'), 'r');
  try {
    await carryOut([write('/opt/script', 'new\n', 0o755)]);
    expect(readFileSync(reader, 'utf8')).toBe('old\n');
  } finally {
    closeSync(reader);
  }
});
