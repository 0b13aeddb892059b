import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { draftPrefix } from './metrics/file.ts';
import { codeOf } from './shared/node-errors.ts';

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
/** What others have put there may be a link, a pipe, or larger than memory. */
const READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
const LARGEST = 1_048_576;

/** A draft lives for milliseconds; one that is older, or that a clock which jumped has made younger than now, was left by a run that was killed. */
const DRAFT_LIFE_MS = 60_000;

/** Each is lost to another process that writes the same file within the same few milliseconds. */
const MOST_TRIES = 10;

/** Which file stands there, and in which state; empty if none does. */
function versionOf(path: string): string {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.ino} ${found.mtimeNs} ${found.size}` : '';
}

function readRegular(path: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(path, READ);
  } catch (error) {
    // A link (ELOOP) or a socket (ENXIO) is what the rename will replace.
    if (['ENOENT', 'ELOOP', 'ENXIO'].includes(codeOf(error))) return undefined;
    throw error;
  }
  try {
    const found = fstatSync(handle);
    return found.isFile() && found.size <= LARGEST ? readFileSync(handle, 'utf8') : undefined;
  } finally {
    closeSync(handle);
  }
}

function writeDraft(path: string, contents: string): void {
  const handle = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(handle, contents);
    // Whatever the umask is: another user is to read it.
    fchmodSync(handle, 0o644);
    // Else the rename could reach the disk before the contents, and a power cut leave an empty file.
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function removeOldDrafts(path: string, now: number): void {
  const folder = dirname(path);
  for (const name of readdirSync(folder).filter((name) => name.startsWith(draftPrefix(path)))) {
    const found = lstatSync(join(folder, name), { throwIfNoEntry: false });
    if (found?.isFile() && Math.abs(now - found.mtimeMs) > DRAFT_LIFE_MS) rmSync(join(folder, name), { force: true });
  }
}

/**
 * See `Host.changeFile`. Each process drafts under a name of its own, since the advisory lock of a run that does the work does
 * not keep a second one from telling that it found the lock taken.
 */
export function changeFile(
  { now, random }: { readonly now: () => number; readonly random: () => number },
  path: string,
  change: (before: string | undefined) => string,
): void {
  removeOldDrafts(path, now());
  const draft = join(dirname(path), `${draftPrefix(path)}${random().toString(36).slice(2)}`);
  try {
    for (let version: string | undefined, tries = 0; version !== versionOf(path) && tries < MOST_TRIES; tries += 1) {
      version = versionOf(path);
      const contents = change(readRegular(path));
      rmSync(draft, { force: true });
      writeDraft(draft, contents);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}
