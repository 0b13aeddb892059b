import { join } from 'node:path/posix';
import { shell } from '../../render/quoting.ts';
import type { HostEntry, HostPort } from '../host/host.ts';
import type { Way } from './folders.ts';
import { type Finding, refused } from './report.ts';

const WRITERS = [
  [0o020, 'its group'],
  [0o002, 'everybody'],
] as const;

const STICKY = 0o1000;

/**
 * Whether the folders on the way belong to root, or to who makes an image without root privileges, and the last of each way
 * can be written. Whoever can write one of them can put another file in the place of ours, whatever its mode; a sticky bit
 * does not keep a name from being taken first.
 */
export function checkOwners({ files, isRoot, uid: caller }: HostPort, ways: readonly Way[]): Finding[] {
  const ends = new Set(ways.map(({ end }) => end));
  const isClosed = (path: string, { uid, mode }: HostEntry) =>
    !isRoot && ends.has(path) && (uid !== caller || (mode & 0o200) === 0);
  return [...new Map(ways.flatMap(({ passed }) => passed))].flatMap(([path, entry]) => {
    const place = path === '/' ? files.root : join(files.root, path);
    const findings = checkOwner(place, entry, caller);
    return findings.length === 0 && isClosed(path, entry)
      ? [refused(`this user cannot write ${place}`, 'Run this as root, or make the image under fakeroot')]
      : findings;
  });
}

function checkOwner(place: string, { uid, mode }: HostEntry, caller: number): Finding[] {
  const writers = WRITERS.filter(([bit]) => (mode & bit) !== 0).map(([, who]) => who);
  const isForeign = uid !== 0 && uid !== caller;
  const found = [
    ...(isForeign ? [`belongs to uid ${uid}`] : []),
    ...(writers.length > 0 ? [`can be written by ${writers.join(' and ')}`] : []),
  ];
  if (found.length === 0) return [];
  // A folder such as /tmp is everybody's for good reasons.
  const fix =
    (mode & STICKY) !== 0
      ? [`Choose a folder outside of ${place} in the spec`]
      : [
          ...(isForeign ? [caller === 0 ? `chown root ${shell(place)}` : `sudo chown ${caller} ${shell(place)}`] : []),
          ...(writers.length > 0 ? [`chmod go-w ${shell(place)}`] : []),
        ];
  return [refused(`${place} ${found.join(' and ')}: what the jobs run could be replaced there`, fix.join(' && '))];
}
