import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testNeeding } from '../harness/runner/needs.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { poll } from '../harness/systemd/poll.ts';

const harness = fileURLToPath(new URL('../harness/systemd', import.meta.url));

testNeeding({ programs: ['shellcheck'] }, 'the script that boots is clean', async () => {
  await execa('shellcheck', [join(harness, 'boot.sh')]);
});

describeBooted('two hosts', () => {
  let hosts: readonly [Host, Host];
  beforeAll(async () => {
    hosts = await Promise.all([bootHost(), bootHost()]);
  });
  afterAll(() => Promise.all(hosts.map((host) => host.stop())));

  test('know nothing of each other', async () => {
    const [one, other] = hosts;
    one.write('/etc/systemd/system/sleeper.service', '[Service]\nExecStart=/bin/sleep infinity\n');
    await one.succeed(['systemctl', 'start', 'sleeper.service']);
    expect(await one.succeed(['systemctl', 'is-active', 'sleeper.service'])).toBe('active');
    expect(await other.run(['systemctl', 'is-active', 'sleeper.service'])).toMatchObject({ stdout: 'inactive' });
    expect(existsSync(other.path('/etc/systemd/system/sleeper.service'))).toBe(false);
    expect(existsSync('/etc/systemd/system/sleeper.service')).toBe(false);
  });
});

describeBooted('a listing has', () => {
  let host: Host;
  beforeAll(async () => {
    host = await bootHost();
  });
  afterAll(() => host?.stop());

  test.each([
    ['contents', 'echo >>/etc/passwd', { '/etc/passwd': /^file 0644 0:0 \w{64}$/ }],
    ['modes', 'chmod 0700 /usr/share/doc', { '/usr/share/doc': /^folder 0700 0:0$/ }],
    ['owners', 'chown daemon /etc/issue', { '/etc/issue': /^file 0\d{3} 1:0 / }],
    ['what is gone', 'rm -r /usr/share/doc/bash', { '/usr/share/doc/bash': /^removed$/ }],
    ['links', 'ln -s nowhere /opt/link', { '/opt/link': /^link 0:0 nowhere$/ }],
    ['pipes', 'mkfifo -m 0600 /opt/pipe', { '/opt/pipe': /^other 0600 0:0 / }],
    [
      'folders and what is in them',
      'mkdir -m 0750 /opt/a; echo >/opt/a/b',
      { '/opt/a': /^folder 0750/, '/opt/a/b': /^file/ },
    ],
    [
      'what was in a folder that was made again',
      'rm -r /etc/apt; mkdir /etc/apt',
      { '/etc/apt/sources.list.d': /^removed$/ },
    ],
    [
      'nothing that was changed back',
      'mv /etc/group /x; mv /x /etc/group; touch /srv/y; rm /srv/y; chmod 1 /srv; chmod 755 /srv',
      {},
    ],
  ])('%s: %s', async (_, command, expected) => {
    const before = host.listing();
    await host.succeed(['sh', '-c', command]);
    const after = host.listing();
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    expect(changed).toEqual(expect.arrayContaining(Object.keys(expected)));
    if (Object.keys(expected).length === 0) expect(after).toEqual(before);
    for (const [path, entry] of Object.entries(expected)) expect(after[path]).toMatch(entry);
  });
});

describeBooted('a host', () => {
  test('that does not boot tells what its journal says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hotlookup-folder-'));
    const units = join(folder, 'etc/systemd/system');
    mkdirSync(join(units, 'basic.target.requires'), { recursive: true });
    const unit =
      '[Unit]\nDefaultDependencies=no\nBefore=basic.target\n[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo no luck; false"\n';
    writeFileSync(join(units, 'broken.service'), unit);
    symlinkSync('../broken.service', join(units, 'basic.target.requires/broken.service'));
    try {
      await expect(bootHost({ folders: [folder] })).rejects.toThrow(/did not boot[\s\S]*no luck[\s\S]*broken\.service/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  const boot = ['--import', 'tsx', join(harness, 'boot-and-wait.ts')];
  const asWorker = `require('node:child_process').fork(${JSON.stringify(boot[2])}, { execArgv: ['--import', 'tsx'] })`;
  test.each([
    ['a killed process', boot],
    ['a worker of a killed process', ['--eval', asWorker]],
  ])('of %s ends and is cleaned up', async (_, argv) => {
    const run = execa(process.execPath, argv, { reject: false });
    const { value: pids = '' } = await run[Symbol.asyncIterator]().next();
    const [supervisor, first] = String(pids).split(' ');
    const traces = [`/proc/${supervisor}`, `/proc/${first}`, controlGroupOf(`${first}`)];
    expect(traces.map((path) => existsSync(path))).toEqual([true, true, true]);

    run.kill('SIGKILL');
    await poll('nothing is left', () => (traces.some((path) => existsSync(path)) ? undefined : true), 5_000);
  });
});

/** The folder of a process's control group, as this process sees it. */
function controlGroupOf(pid: string): string {
  const [, mount] = /^\S+ (\S+) cgroup2 /m.exec(readFileSync('/proc/mounts', 'utf8')) ?? [];
  const [, group] = /^0::(\/.*?)(?:\/init\.scope)?$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8')) ?? [];
  return `${mount}${group}`;
}
