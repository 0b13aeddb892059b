import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/errors.ts';
import type { Desired } from '../../../src/install/desired/desired.ts';
import { createTarget, type Target } from '../../harness/install/target.ts';

let target: Target;
beforeEach(() => {
  target = createTarget();
});
afterEach(() => target.dispose());

const findings = async (...args: Parameters<Target['judge']>) =>
  (await target.judge(...args)).findings.map(({ found, kind }) => `${exitCodeOf(kind)} ${found}`);

const NODE = '/usr/bin/node';
const CHOOSE = 'Install Node 18 or newer as /usr/bin/node';

describe('node', () => {
  beforeEach(() => target.remove(NODE));

  test.each([
    [
      'behind links',
      () => {
        target.link(NODE, '/etc/alternatives/node');
        target.link('/etc/alternatives/node', '/usr/bin/nodejs');
        target.put('/usr/bin/nodejs', '', 0o755);
      },
    ],
    ['in /usr/local/bin', () => target.put('/usr/local/bin/node', '', 0o755)],
    [
      'in /opt, linked from /usr/bin',
      () => {
        target.link(NODE, '/opt/node-v20/bin/node');
        target.put('/opt/node-v20/bin/node', '', 0o755);
      },
    ],
    [
      'in /usr/bin, and a file that cannot be run in /usr/local/bin',
      () => {
        target.put('/usr/local/bin/node', '', 0o644);
        target.put(NODE, '', 0o755);
      },
    ],
  ])('%s can be run', async (_, arrange) => {
    arrange();
    expect(await findings('image')).toEqual([]);
  });

  const OUT_OF_REACH = [
    ["root's home folder", '/root/.nvm/versions/node/v20/bin/node', "is out of the jobs' sight (ProtectHome=yes)"],
    ['a home folder', '/home/ann/.nvm/versions/node/v20/bin/node', "is out of the jobs' sight (ProtectHome=yes)"],
    ['a temporary folder', '/tmp/node', "is out of the jobs' sight (PrivateTmp=yes)"],
  ] as const;

  test.each(OUT_OF_REACH)('in %s cannot be run', async (_, hidden, why) => {
    target.put(hidden, '', 0o755);
    target.link(NODE, hidden);
    const report = await target.judge('image');
    expect(report.findings).toEqual([
      { found: `${NODE}, which is ${hidden}, ${why}`, fix: expect.stringContaining(CHOOSE), kind: 'refused' },
    ]);
  });

  test('where the sandbox lets nothing be executed cannot be run', async () => {
    target.put('/usr/local/sbin/node', '', 0o755);
    expect(await findings('image')).toEqual(['7 /usr/local/sbin/node may not be run by the jobs (ExecPaths=)']);
  });

  test('that the spec names is the one that counts', async () => {
    target.put(NODE, '', 0o755);
    const spec = { node: '/opt/node v20 100%/bin/node' };
    expect((await target.judge('image', spec)).notChecked).toContain(`node: the image has no ${spec.node}`);
    expect(await findings('host', spec)).toEqual([`5 there is no ${spec.node}`]);
    target.put(spec.node, '', 0o755);
    expect(await findings('image', spec)).toEqual([]);
  });
});

describe('the version of node', () => {
  /** Tests run below /tmp, which the units hide. */
  const withTemporaryFiles = (desired: Desired): Desired => ({
    ...desired,
    files: desired.files.map((file) => ({ ...file, contents: file.contents.replace(/^PrivateTmp=yes\n/m, '') })),
  });

  test.each([
    ['v18.0.0', []],
    ['v17.9.1', ['is version 17']],
    ['hello', ['--version gives no version: exit code 0']],
  ])('%s', async (version, expected) => {
    // What is found in the folder is run on this machine, by the same path.
    const node = join(target.root, 'node');
    target.put('/node', `#!/bin/sh\necho ${version}\n`, 0o755);
    target.put(node, '', 0o755);
    const found = await findings('host', { node }, withTemporaryFiles);
    expect(found.filter((finding) => finding.includes(node))).toEqual(expected.map((end) => `7 ${node} ${end}`));
  });

  test('cannot be told of what cannot be started', async () => {
    const node = join(target.root, 'node');
    target.put('/node', '#!/nowhere/sh\n', 0o755);
    target.put(node, '', 0o755);
    const found = await findings('host', { node }, withTemporaryFiles);
    expect(found).toContain(`7 ${node} --version gives no version: it cannot be started`);
  });
});

describe('what the scripts call', () => {
  test('is missed on a host, and not checked in an image that has none yet', async () => {
    for (const program of ['env', 'bash', 'readlink']) target.remove(`/usr/bin/${program}`);
    expect((await target.judge('image')).notChecked).toEqual(
      expect.arrayContaining(['env', 'bash', 'readlink'].map((tool) => `${tool}: the image has none yet`)),
    );
    expect(await findings('host')).toContain('5 there is no /usr/bin/env');
  });
});

describe('the user of the jobs', () => {
  const STATIC = { dynamicUser: false, user: 'hotlookup-nobody' };

  test('must be known to the host if it is static', async () => {
    expect(await findings('host', STATIC)).toEqual(['5 there is no user hotlookup-nobody, which the jobs run as']);
    target.put('/etc/passwd', 'root:x:0:0::/:/bin/sh\nhotlookup-nobody:x:990:990::/:/bin/sh\n');
    expect(await findings('host', STATIC)).toEqual([]);
    expect((await target.judge('image', STATIC)).notChecked.join()).not.toContain('hotlookup-nobody');
  });

  test('may also be known to getent alone', async () => {
    target.remove('/etc/passwd');
    expect(await findings('host', { dynamicUser: false, user: 'daemon' })).toEqual([]);
  });

  const SOCKET = { database: { access: 'socket' } } as const;
  const CONFIGURATION =
    '5 /etc/nsswitch.conf: passwd does not ask systemd; peer authentication cannot resolve a user that systemd makes';
  const LIBRARY =
    '5 libnss_systemd.so.2 is not installed; peer authentication cannot resolve a user that systemd makes';

  test.each([
    ['passwd: files systemd\n', []],
    ['group: systemd\n# passwd: systemd\npasswd:\tcompat  systemd [NOTFOUND=return] # all\n', []],
    ['passwd: files # systemd\ngroup: systemd\n', [CONFIGURATION]],
    ['', [CONFIGURATION]],
  ])('is resolved for peer authentication by %j', async (text, expected) => {
    target.put('/etc/nsswitch.conf', text);
    expect(await findings('host', SOCKET)).toEqual(expected);
  });

  test('is resolved through a link, as authselect makes one', async () => {
    target.remove('/etc/nsswitch.conf');
    target.put('/etc/authselect/nsswitch.conf', 'passwd: files systemd\n');
    target.link('/etc/nsswitch.conf', '/etc/authselect/nsswitch.conf');
    expect(await findings('image', SOCKET)).toEqual([]);
  });

  test('needs the library, over the socket alone', async () => {
    target.remove('/usr/lib/x86_64-linux-gnu/libnss_systemd.so.2');
    target.put('/etc/nsswitch.conf', '');
    expect(await findings('host', SOCKET)).toEqual([CONFIGURATION, LIBRARY]);
    expect(await findings('host', {})).toEqual([]);
    expect(await findings('image', SOCKET)).toEqual([CONFIGURATION, LIBRARY]);
    target.remove('/etc/nsswitch.conf');
    expect((await target.judge('image', SOCKET)).findings).toEqual([]);
  });
});

describe("the server's shared memory", () => {
  const DROP_IN = '/etc/systemd/system/scanner-artifact-boms-ensure.service.d/50-user.conf';
  const refusal = (keys: string) =>
    `7 scanner-artifact-boms-ensure.service (with ${DROP_IN}) would run as postgres with ${keys}, which removes the server's shared memory when a job ends`;
  const AS_SERVER = { dynamicUser: false, user: 'postgres' };

  test.each([
    ["a drop-in that makes the user the server's", {}, '[Service]\nUser=postgres\n', ['DynamicUser=']],
    ['a drop-in that removes memory', AS_SERVER, '[Service]\nRemoveIPC=true\n', ['RemoveIPC=']],
    ['a drop-in that makes the user dynamic', AS_SERVER, '[Service]\nDynamicUser=1\n', ['DynamicUser=']],
    ['a drop-in that switches it off again', {}, '[Service]\nUser=postgres\nDynamicUser=no\n', []],
    ['a drop-in for something else', AS_SERVER, '[Service]\nNice=5\n', []],
  ])('%s', async (_, spec, text, expected) => {
    target.put('/etc/passwd', 'postgres:x:100:100::/:/bin/sh\n');
    target.put(DROP_IN, text);
    expect(await findings('host', spec)).toEqual(expected.map(refusal));
  });
});

describe('units that ours name, and the folder of ours', () => {
  test('a unit to start on failure that is not there', async () => {
    const spec = { onFailure: 'alert@%n.service' };
    expect(await findings('host', spec)).toEqual(['5 onFailure: there is no unit alert@.service']);
    expect((await target.judge('image', spec)).notChecked).toContain(
      'onFailure: the image has no unit alert@.service yet',
    );
    target.put('/usr/lib/systemd/system/alert@.service');
    expect(await findings('host', spec)).toEqual([]);
  });

  test('a folder where systemd does not look', async () => {
    expect(await findings('image', { unitsDir: '/opt/units' })).toEqual([
      '7 systemd does not look for units in /opt/units',
    ]);
    expect(await findings('image', { unitsDir: '/usr/lib/systemd/system' })).toEqual([]);
  });
});
