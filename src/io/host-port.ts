import { existsSync, realpathSync, statSync } from 'node:fs';
import { AppError, EXIT } from '../errors.ts';
import type { HostPort } from '../install/host.ts';
import { createHostFiles } from './host-files.ts';
import { locked } from './lock.ts';
import { systemd } from './systemd.ts';

/** As sd_booted(3) tells whether systemd runs. */
const RUNNING_SYSTEMD = '/run/systemd/system';

function realFolder(root: string): string {
  if (statSync(root, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(root);
  throw new AppError(EXIT.usage, `${root} is not a folder`, { advice: 'Give --root the folder that holds the image' });
}

/** See `World.openHost`. */
export async function createHostPort(root: string): Promise<HostPort> {
  const real = realFolder(root);
  return {
    files: createHostFiles(real),
    systemd: real === '/' && existsSync(RUNNING_SYSTEMD) ? systemd : undefined,
    isRoot: process.geteuid?.() === 0,
    locked: (use) => locked(real, use),
  };
}
