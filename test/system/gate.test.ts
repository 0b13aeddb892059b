import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { render } from '../../src/render/render.ts';
import { type RawSpec, specSchema } from '../../src/spec/schema.ts';
import { bootHost, type Host } from '../harness/systemd/host.ts';
import { describeBooted } from '../harness/systemd/needs.ts';
import { installProgram, type Program } from '../harness/systemd/program.ts';

const SERVICE = 'devops/scripts/systemd/scanner-artifact-boms-ensure.service';

/** The sandbox of the jobs, with node alone in it. */
function probe(): string {
  const service = render(specSchema.parse({}), '').find(({ path }) => path === SERVICE)?.contents ?? '';
  return service
    .replace(/^ExecStart=.*$/m, "ExecStart=/usr/bin/env bash -c 'node --version'")
    .replace(/^Restart=.*$/m, '');
}

/** Another place for node, and what the gate says of it if the jobs cannot run it there. */
const PLACES: ReadonlyArray<readonly [what: string, script: string, finding: RegExp | undefined]> = [
  ['as it is', ':', undefined],
  [
    "behind Debian's alternatives",
    'mv /usr/bin/node /usr/bin/node-20; ln -s /usr/bin/node-20 /etc/alternatives/node; ln -s /etc/alternatives/node /usr/bin/node',
    undefined,
  ],
  [
    'in /opt, linked from /usr/bin',
    'mkdir /opt/node; mv /usr/bin/node /opt/node; ln -s /opt/node/node /usr/bin/node',
    undefined,
  ],
  ['in /usr/local/bin', 'mv /usr/bin/node /usr/local/bin/node', undefined],
  [
    "in root's home folder, linked from /usr/bin",
    'mkdir -p /root/.nvm; mv /usr/bin/node /root/.nvm; ln -s /root/.nvm/node /usr/bin/node',
    /^\/usr\/bin\/node, which is \/root\/\.nvm\/node, is out of the jobs' sight \(ProtectHome=yes\)$/,
  ],
  [
    'in /usr/local/sbin alone',
    'mv /usr/bin/node /usr/local/sbin/node',
    /^\/usr\/local\/sbin\/node may not be run by the jobs \(ExecPaths=\)$/,
  ],
];

const RESTORE = `
set -e; cd /
for node in /usr/bin/node-20 /opt/node/node /usr/local/bin/node /root/.nvm/node /usr/local/sbin/node; do
  if [ -f "$node" ]; then mv -f "$node" /usr/bin/node; fi
done
rm -rf /etc/alternatives/node /opt/node`;

/** Other things that are wrong with a host: how they come about, how they go, and what the gate says. */
const FAULTS: ReadonlyArray<readonly [what: string, spec: RawSpec, arrange: string, undo: string, finding: string]> = [
  [
    'a read-only file system',
    {},
    'mount -t tmpfs -o ro,mode=755 tmpfs /opt',
    'umount /opt',
    'the file system at /opt is mounted read-only',
  ],
  [
    'a file system that lets no program run',
    {},
    'mount -t tmpfs -o noexec,mode=755 tmpfs /opt',
    'umount /opt',
    'scriptsDir /opt/stellaops/devops/scripts lies on the file system at /opt, which is mounted noexec: scripts could not be run by hand',
  ],
  [
    'a folder that its group can write',
    {},
    'chmod 0775 /opt',
    'chmod 0755 /opt',
    '/opt can be written by its group: what the jobs run could be replaced there',
  ],
  [
    'a user that is not there',
    { dynamicUser: false, user: 'stellaops' },
    ':',
    ':',
    'there is no user stellaops, which the jobs run as',
  ],
  [
    'names that the server cannot resolve',
    { database: { access: 'socket' } },
    'sed -i.kept "s/^passwd:.*/passwd: files/" /etc/nsswitch.conf',
    'mv /etc/nsswitch.conf.kept /etc/nsswitch.conf',
    '/etc/nsswitch.conf: passwd does not ask systemd; peer authentication cannot resolve a user that systemd makes',
  ],
  [
    'a drop-in that makes the job remove the memory of the server',
    {},
    'mkdir /etc/systemd/system/scanner-.service.d; printf "[Service]\\nUser=postgres\\n" >/etc/systemd/system/scanner-.service.d/user.conf',
    'rm -r /etc/systemd/system/scanner-.service.d',
    "scanner-artifact-boms-ensure.service (with /etc/systemd/system/scanner-.service.d/user.conf) would run as postgres with DynamicUser=, which removes the server's shared memory when a job ends",
  ],
];

describeBooted('on a booted host, the gate', () => {
  let host: Host;
  let hotlookup: Program;
  beforeAll(async () => {
    host = await bootHost();
    hotlookup = await installProgram(host);
    host.write('/etc/systemd/system/probe.service', probe());
    await host.succeed(['systemctl', 'daemon-reload']);
  });
  afterEach(() => hotlookup.use({}));
  afterAll(() => host?.stop());

  const script = (text: string) => host.succeed(['sh', '-ec', text]);

  async function findings(...options: readonly string[]): Promise<Array<{ found: string }>> {
    const { exitCode, stdout } = await hotlookup.run(['install', '--json', ...options]);
    const { refused } = JSON.parse(stdout);
    expect(exitCode === 0).toBe(refused.length === 0);
    return refused;
  }

  test.each(PLACES)('says of node %s what the sandbox then does', async (_, arrange, finding) => {
    await script(arrange);
    try {
      const refused = await findings('--dry-run');
      expect(refused.map(({ found }) => found)).toEqual(finding ? [expect.stringMatching(finding)] : []);
      const { exitCode } = await host.run(['systemctl', 'start', 'probe.service']);
      expect(exitCode === 0).toBe(finding === undefined);
    } finally {
      await host.run(['systemctl', 'reset-failed', 'probe.service']);
      await script(RESTORE);
    }
  });

  test.each(FAULTS)('finds %s before anything is written', async (_, spec, arrange, undo, finding) => {
    hotlookup.use(spec);
    await script(arrange);
    try {
      expect((await findings()).map(({ found }) => found)).toContain(finding);
      expect(await script('ls -A /opt /var/lib/hotlookup 2>&1 || true')).not.toContain('stellaops');
    } finally {
      await script(undo);
    }
  });

  test('is not misled by a /tmp that lets no program run', async () => {
    host.write('/etc/systemd/system/alert@.service', '[Service]\nExecStart=/bin/true\n');
    hotlookup.use({ onFailure: 'alert@%n.service' });
    await script('mount -t tmpfs -o noexec,mode=1777 tmpfs /tmp');
    try {
      expect(await findings('--dry-run')).toEqual([]);
    } finally {
      await script('umount /tmp');
    }
  });

  test('finds all of them at once', async () => {
    hotlookup.use({ dynamicUser: false, user: 'stellaops' });
    await script('chmod 0777 /opt /etc/systemd');
    try {
      expect(await findings('--dry-run')).toHaveLength(3);
    } finally {
      await script('chmod 0755 /opt /etc/systemd');
    }
  });
});
