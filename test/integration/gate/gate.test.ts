import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Desired } from '../../../src/install/desired/desired.ts';
import type { RawSpec } from '../../../src/spec/schema.ts';
import { listTree } from '../../harness/install/listing.ts';
import { createTarget, type Target } from '../../harness/install/target.ts';
import { SPECS } from '../../harness/render/specs.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

let target: Target;
beforeEach(() => {
  target = createTarget();
});
afterEach(() => {
  vi.unstubAllEnvs();
  target.dispose();
});

/** What is wanted, with one text in the place of another in the files of one kind. */
const rewritten = (end: string, from: string | RegExp, to: string) => (desired: Desired) => ({
  ...desired,
  files: desired.files.map((file) =>
    file.path.endsWith(end) ? { ...file, contents: file.contents.replace(from, to) } : file,
  ),
});

const ENSURE = 'scanner-artifact-boms-ensure';
const withCalendar = (calendar: string) => (desired: Desired) => ({
  ...desired,
  jobs: desired.jobs.map((job) => ({ ...job, calendars: [calendar] })),
});

const foundIn = async (change: (desired: Desired) => Desired) =>
  (await target.judge('image', {}, change)).findings.map(({ found }) => found);

describeNeeding({ programs: ['systemd-analyze', 'bash'] }, 'the artifacts', () => {
  test.each(Object.entries(SPECS))('pass: %s', async (_, spec) => {
    expect((await target.judge('image', spec)).findings).toEqual([]);
  });

  test.each([
    ['an unknown key', '.service', 'ProtectSystem=', 'ProtectSysten=', "Unknown key 'ProtectSysten'"],
    ['an unknown value', '.service', 'ProtectHome=yes', 'ProtectHome=perhaps', 'Failed to parse protect home value'],
    ['a script that is not there', '.service', '-ensure-partitions.sh', '-ensure.sh', 'is not executable'],
    ['a key of another section', '.timer', 'Persistent=true', 'Type=oneshot', "Unknown key 'Type'"],
  ])('%s is found by systemd', async (_, kind, from, to, said) => {
    const found = await foundIn(rewritten(ENSURE + kind, from, to));
    expect(found.join('\n')).toContain(said);
    expect(found.join('\n')).toContain(ENSURE + kind);
    expect(found.join('\n')).not.toContain('hotlookup-gate-');
  });

  const REMOTE: RawSpec['database'] = { access: 'remote', addresses: ['10.0.0.5'] };

  test.each<[string, RawSpec, string]>([
    ['local TCP', {}, '0.9'],
    ['a remote address', { database: REMOTE }, '1.0'],
    ['the socket', { database: { access: 'socket' } }, '0.2'],
    ['local TCP as a static user', { dynamicUser: false, user: 'jobs' }, '1.0'],
    ['a remote address as a static user', { dynamicUser: false, user: 'jobs', database: REMOTE }, '1.1'],
    ['the socket as a static user', { dynamicUser: false, database: { access: 'socket' } }, '0.2'],
  ])('are as tight as can be over %s: one directive less is found', async (_, spec, limit) => {
    expect((await target.judge('image', spec)).findings).toEqual([]);
    const change = rewritten(`${ENSURE}.service`, /^PrivateDevices=.*\n/m, '');
    expect((await target.judge('image', spec, change)).findings.map(({ found }) => found)).toEqual([
      expect.stringMatching(`^the exposure of ${ENSURE}.service is \\d\\.\\d; at most ${limit} is allowed$`),
    ]);
  });

  test('running as root is found in the exposure', async () => {
    const { findings } = await target.judge('image', { dynamicUser: false, user: 'root' });
    expect(findings.map(({ fix }) => fix)).toEqual(Array(2).fill('Let the jobs run as another user than root'));
  });

  test('a calendar that never comes is found', async () => {
    const never = '2020-01-01 00:00:00 UTC';
    const found = await foundIn((desired) => ({
      ...desired,
      jobs: desired.jobs.map((job) => (job.job === 'ensure' ? { ...job, calendars: [never] } : job)),
    }));
    expect(found).toEqual([`${ENSURE}.timer: OnCalendar=${never}: it never elapses`]);
    expect(await foundIn(withCalendar("13 o'clock"))).toHaveLength(2);
  });

  test('a script that bash cannot read is found with its line', async () => {
    const found = await foundIn(rewritten('-ensure-partitions.sh', 'fi\n', '\n'));
    expect(found.join('\n')).toMatch(
      /\/opt\/stellaops\/devops\/scripts\/\S+-ensure-partitions\.sh: line \d+: syntax error/,
    );
    expect(found.join('\n')).not.toContain('hotlookup-gate-');
  });

  test('everything is told at once, each with its fix', async () => {
    chmodSync(join(target.root, 'usr'), 0o777);
    const { findings } = await target.judge('image', {}, (desired) =>
      rewritten('.timer', 'Persistent', 'Persistant')(rewritten('-retention.sh', 'fi\n', '\n')(desired)),
    );
    expect(findings.map(({ kind }) => kind)).toEqual(findings.map(() => 'refused'));
    for (const part of ['can be written by its group and everybody', 'ensure.timer', 'retention.timer', 'syntax error'])
      expect(findings.map(({ found }) => found).join('\n')).toContain(part);
    expect(findings.filter(({ fix }) => fix.length < 10)).toEqual([]);
  });
});

describeNeeding({ programs: ['systemd-analyze', 'bash'] }, 'the gate', () => {
  test.each([
    ['passes', 'daily', /^$/],
    // No program can be given a NUL, so this is not a finding but an error.
    ['throws', 'da\0ily', /null bytes/],
  ])('that %s writes nothing on the target and leaves nothing behind', async (_, calendar, message) => {
    const temporary = mkdtempSync(join(tmpdir(), 'hotlookup-tmp-'));
    vi.stubEnv('TMPDIR', temporary);
    const before = listTree(target.root);
    const thrown = await target.judge('image', {}, withCalendar(calendar)).then(() => '', String);
    expect(thrown).toMatch(message);
    expect(listTree(target.root)).toEqual(before);
    expect(readdirSync(temporary)).toEqual([]);
    rmSync(temporary, { recursive: true });
  });

  test('runs nothing inside an image', async () => {
    const trace = join(target.root, 'was-run');
    for (const program of ['env', 'bash', 'node', 'readlink', 'systemd-analyze', 'getent'])
      target.put(`/usr/bin/${program}`, `#!/bin/sh\ntouch ${trace}\n`, 0o755);
    const { findings, notChecked } = await target.judge('image', { dynamicUser: false, user: 'stellaops' });
    expect(findings).toEqual([]);
    expect(notChecked).toEqual([
      'the version of /usr/bin/node: nothing inside an image is run',
      "user stellaops: the image's /etc/passwd has no such user yet",
    ]);
    expect(readdirSync(target.root)).not.toContain('was-run');
  });
});

/** A PATH with nothing on it but these scripts. */
function stubPath(scripts: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(scripts)) target.put(`/path/${name}`, `#!/bin/sh\n${text}\n`, 0o755);
  vi.stubEnv('PATH', join(target.root, 'path'));
}

describe('a machine without systemd and bash', () => {
  test('cannot check an image, and says what', async () => {
    stubPath({});
    const { findings, notChecked } = await target.judge('image');
    expect(findings).toEqual([]);
    expect(notChecked).toContain('units, exposure and calendars: systemd-analyze is not on PATH');
    expect(notChecked).toContain('the syntax of the scripts: bash is not on PATH');
  });

  test('is no host to install on', async () => {
    stubPath({});
    const { findings } = await target.judge('host');
    const missing = findings.filter(({ kind }) => kind === 'missing').map(({ found }) => found);
    expect(missing).toContain('systemd-analyze is not on PATH');
    expect(missing).toContain('bash is not on PATH; the jobs are bash scripts');
  });

  test('systemd older than 249 is refused on a host, and cannot judge an image', async () => {
    stubPath({ 'systemd-analyze': 'echo "systemd 247 (247.3-7)"' });
    const host = await target.judge('host');
    expect(host.findings.map(({ found }) => found)).toContain('systemd is 247; the units need 249');
    const image = await target.judge('image');
    expect(image.notChecked.join('\n')).toContain('systemd-analyze is 247, and 249 is the oldest that can tell');
  });

  test('systemd 249 is asked what it can answer', async () => {
    stubPath({
      'systemd-analyze': `case "$*" in
        --version) echo 'systemd 249 (249.11)' ;;
        calendar*) echo '    Next elapse: Tue 2026-12-01 00:10:00 UTC' ;;
        verify*recursive-errors* | *security*) echo "unrecognized option" >&2; exit 1 ;;
        verify*) echo "x.service: said something" >&2 ;;
      esac`,
    });
    const { findings, notChecked } = await target.judge('image');
    expect(findings.map(({ found }) => found)).toEqual(['systemd does not accept a unit: x.service: said something']);
    expect(notChecked.join('\n')).toContain('exposure: systemd-analyze is 249');
  });

  test('the age of the systemd inside an image counts', async () => {
    target.remove('/usr/lib/x86_64-linux-gnu/systemd');
    target.put('/usr/lib/systemd/libsystemd-shared-247.so');
    const { findings } = await target.judge('image');
    expect(findings.map(({ found }) => found)).toContain("the image's systemd is 247; the units need 249");
  });
});
