import { dirname } from 'node:path/posix';
import { PRESET_PATH } from '../desired/image-enablement.ts';
import { wantsLink } from '../host/units.ts';
import { recordPath } from '../record/manifest.ts';
import { followWay } from './folders.ts';
import { checkMounts } from './mounts.ts';
import { checkOwners } from './owners.ts';
import { found, type GateReport, together } from './report.ts';
import type { Subject } from './subject.ts';

/** Whether the folders that get files belong to root alone, and can be written. */
export function checkPlaces(subject: Subject): GateReport {
  const ways = targetFolders(subject).map((folder) => followWay(subject.port.files, folder));
  return together([
    found(...checkOwners(subject.port, ways)),
    checkMounts(
      subject,
      ways.map(({ end }) => end),
    ),
  ]);
}

function targetFolders({ desired, isLive }: Subject): string[] {
  const paths = [
    ...desired.files.map(({ path }) => path),
    ...desired.jobs.map(({ timer }) => wantsLink(timer)),
    isLive ? desired.environmentFile.path : PRESET_PATH,
    recordPath(desired.name),
  ];
  return [...new Set(paths.map((path) => dirname(path)))];
}
