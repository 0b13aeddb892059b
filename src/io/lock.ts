import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { AppError } from '../errors.ts';
import { attempt } from './refusal.ts';

const { O_CREAT, O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;

/** On a live host a file that root alone can open: anybody who can open what is locked could keep the installer out. */
const LIVE_LOCK = '/run/hotlookup.lock';

function openLock(root: string): number {
  return root === '/'
    ? openSync(LIVE_LOCK, O_RDONLY | O_CREAT | O_NOFOLLOW, 0o600)
    : openSync(root, O_RDONLY | O_DIRECTORY);
}

/**
 * Node has no flock(2), the program does it for us: a lock belongs to the open file, which the program shares with this
 * process as its descriptor 3. So it outlives the program, and the kernel drops it when this process ends, however that is.
 */
function take(handle: number, root: string): void {
  const { status, stderr, error } = spawnSync('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', handle],
    encoding: 'utf8',
  });
  if (status === 0) return;
  if (status === 1 && stderr === '')
    throw new AppError('locked', `another hotlookup is changing ${root}`, {
      advice: 'Wait until it has ended, then run this again',
    });
  throw new AppError('missing', `cannot lock ${root} with flock: ${error?.message ?? stderr.trim()}`, {
    advice: 'Install util-linux, which brings flock',
    cause: error,
  });
}

/** See `HostPort.locked`. An image's folder is locked itself, so that nothing is left in it. */
export async function locked<Result>(root: string, use: () => Promise<Result>): Promise<Result> {
  const handle = attempt('lock', root, () => openLock(root));
  try {
    take(handle, root);
    return await use();
  } finally {
    closeSync(handle);
  }
}
