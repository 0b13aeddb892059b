import { existsSync, realpathSync, statSync } from 'node:fs';
import { AppError } from '../errors.ts';
import type { HostFiles, HostPort } from '../install/host/host.ts';
import { sourceDate, withFixedTimes } from './fixed-times.ts';
import { createHostFiles } from './host-files.ts';
import { locked } from './lock.ts';
import { systemd } from './systemd.ts';

/** As sd_booted(3) tells whether systemd runs. */
const RUNNING_SYSTEMD = '/run/systemd/system';

function realFolder(root: string): string {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(root);
  throw new AppError('usage', `${root} is not a folder`, { advice: 'Give --root the folder that holds the image' });
}

function imageFiles(root: string, time: number | undefined): HostFiles {
  const files = createHostFiles(root);
  return time === undefined ? files : withFixedTimes(files, time);
}

/** fakeroot makes a user look like root, but not to statx(2), by which Node learns whose a file is: so a file is asked here, too. */
const ownUser = (): number => statSync('/proc/self', { throwIfNoEntry: false })?.uid ?? process.geteuid?.() ?? 0;

/** See `World.openHost`; an image's files get the time that `sourceDateEpoch` says, if it does. */
export async function createHostPort(root: string, sourceDateEpoch?: string): Promise<HostPort> {
  const real = realFolder(root);
  return {
    files: real === '/' ? createHostFiles(real) : imageFiles(real, sourceDate(sourceDateEpoch)),
    systemd: real === '/' && existsSync(RUNNING_SYSTEMD) ? systemd : undefined,
    isRoot: process.geteuid?.() === 0,
    uid: ownUser(),
    locked: (use) => locked(real, use),
  };
}
