import { execaSync } from 'execa';
import { describeNeeding, type Needs } from '../../support/needs.ts';
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

/** A group of tests that boots systems of its own. */
export function describeBooted(name: string, body: () => void, more: Needs = {}): void {
  const { programs = [], ...others } = more;
  describeNeeding({ ...others, root: true, programs: [...PROGRAMS, ...programs], others: forbidden() }, name, body);
}
