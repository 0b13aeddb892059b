import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describeNeeding, type Needs } from '../runner/needs.ts';
import { NAMESPACES } from './namespaces.ts';

const PROGRAMS = ['unshare', 'nsenter', 'setpriv', 'systemctl', 'journalctl', 'dbus-daemon'];
const MOUNTS = [
  'mount -t tmpfs tmpfs /mnt',
  'mkdir /mnt/upper /mnt/work /mnt/root /mnt/groups',
  'mount -t overlay overlay /mnt/root -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work',
  'mount -t cgroup2 cgroup2 /mnt/groups',
  'mount -t proc proc /mnt/root/proc',
  'mount -t sysfs sysfs /mnt/root/sys',
].join(' && ');

/** Tries each kind of namespace and mount that a boot takes; containers often forbid some. */
function forbidden(): readonly string[] {
  if (process.getuid?.() !== 0) return [];
  const { exitCode, all } = execaSync('unshare', [...NAMESPACES, 'sh', '-c', MOUNTS], { all: true, reject: false });
  return exitCode === 0 ? [] : [`namespaces, overlay and cgroup2 mounts, which this machine forbids: ${all}`];
}

/** A host sees this machine's programs, and its units look for node in these two folders alone. */
function misplaced(): readonly string[] {
  const isThere = (name: string) => ['/usr/bin', '/usr/local/bin'].some((folder) => existsSync(join(folder, name)));
  return ['node', 'npm'].every(isThere) ? [] : ['node and npm in /usr/bin or /usr/local/bin'];
}

/** A group of tests that boots systems of its own. */
export function describeBooted(name: string, body: () => void, more: Needs = {}): void {
  const { programs = [], others = [], ...rest } = more;
  const needs = { programs: [...PROGRAMS, ...programs], others: [...others, ...misplaced(), ...forbidden()] };
  describeNeeding({ ...rest, ...needs, root: true }, name, body);
}

/** What lets a server know the user of a job, who is in no file; for `others`. */
export function missingNameService(): readonly string[] {
  const isThere = readdirSync('/usr/lib', { withFileTypes: true }).some(
    (folder) => folder.isDirectory() && existsSync(join('/usr/lib', folder.name, 'libnss_systemd.so.2')),
  );
  return isThere ? [] : ['libnss-systemd: run `npm run test:setup`'];
}
