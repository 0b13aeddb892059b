import { join } from 'node:path/posix';
import { shell } from '../../render/quoting.ts';
import { followWay } from './folders.ts';
import { type Finding, found, type GateReport, notChecked, refused } from './report.ts';
import type { Subject } from './subject.ts';

/** One line of /proc/self/mountinfo (proc(5)). */
export type Mount = { readonly point: string; readonly options: readonly string[] };

const MOUNTS = '/proc/self/mountinfo';

const plain = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));

/** Mounts in their order, so that the last one at a place is the one that is seen. */
export function parseMounts(text: string): Mount[] {
  return text.split('\n').flatMap((line) => {
    const [own = '', filesystem = ''] = line.split(' - ');
    const [, , , , point, options] = own.split(' ');
    if (point === undefined || options === undefined) return [];
    const ofAll = filesystem.split(' ').at(-1) ?? '';
    return [{ point: plain(point), options: [...options.split(','), ...ofAll.split(',')] }];
  });
}

/** The mount that a path lies on. */
export function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best && best.point.length > mount.point.length ? best : mount),
      undefined,
    );
}

/** Whether the file systems of these folders of the target can be written, and scripts be run from theirs. */
export function checkMounts({ spec, port: { files }, world, isLive }: Subject, folders: readonly string[]): GateReport {
  const text = world.files.read(MOUNTS)?.toString('utf8');
  if (text === undefined) return notChecked(`read-only and noexec file systems: there is no ${MOUNTS}`);
  const mounts = parseMounts(text);
  const mountBelow = (folder: string) => mountOf(mounts, join(files.root, folder));
  const closed = folders.map(mountBelow).filter((mount) => mount?.options.includes('ro'));
  const scripts = mountBelow(followWay(files, spec.scriptsDir).end);
  return found(
    ...[...new Set(closed.flatMap((mount) => mount?.point ?? []))].map(isReadOnly),
    // An image is mounted in another way where it runs.
    ...(isLive && scripts?.options.includes('noexec') ? [isNoexec(spec.scriptsDir, scripts.point)] : []),
  );
}

const isReadOnly = (point: string): Finding =>
  refused(`the file system at ${point} is mounted read-only`, `mount -o remount,rw ${shell(point)}`);

const isNoexec = (scriptsDir: string, point: string): Finding =>
  refused(
    `scriptsDir ${scriptsDir} lies on the file system at ${point}, which is mounted noexec: scripts could not be run by hand`,
    `Set scriptsDir in the spec to a folder elsewhere, or: mount -o remount,exec ${shell(point)}`,
  );
