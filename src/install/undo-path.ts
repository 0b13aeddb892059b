import { posix } from 'node:path';
import { keptPath, leftoverPaths } from './apply-beside.ts';
import type { HostEntry, HostFiles, HostPort } from './host.ts';
import { temporaryPath } from './paths.ts';

/** What stands at a path, whole; undefined if nothing does. */
export type Standing = HostEntry & { readonly contents: Buffer | undefined; readonly target: string | undefined };

export function look(files: HostFiles, path: string): Standing | undefined {
  const entry = files.status(path);
  if (!entry) return undefined;
  return {
    ...entry,
    contents: entry.type === 'file' ? files.read(path) : undefined,
    target: entry.type === 'link' ? files.readLink(path) : undefined,
  };
}

export function removeIfThere(files: HostFiles, path: string): void {
  if (files.status(path)) files.remove(path);
}

/** Removes what a run that was killed left beside a path. */
export function removeLeftovers(files: HostFiles, path: string): void {
  for (const leftover of leftoverPaths(path)) removeIfThere(files, leftover);
}

export const syncFolderOf = (files: HostFiles, path: string): void => files.syncDirectory(posix.dirname(path));

/** Makes the new contents under the draft's name; a rename puts them in place. */
export function draftFile({ files, isRoot }: HostPort, path: string, contents: Buffer, entry: Omit<HostEntry, 'type'>) {
  files.createFile(temporaryPath(path), contents, entry.mode);
  if (!isRoot) return;
  files.changeOwner(temporaryPath(path), entry.uid, entry.gid);
  // The kernel drops the set-ID bits of a file that changes its owner.
  if (entry.mode & 0o6000) files.changeMode(temporaryPath(path), entry.mode);
}

function remove(files: HostFiles, path: string, { type }: Standing): void {
  if (type === 'directory') files.removeDirectory(path);
  else files.remove(path);
}

const isSameThing = (one: Standing, other: Standing | undefined): boolean =>
  one.type === other?.type &&
  one.target === other.target &&
  (one.contents === undefined || (other.contents !== undefined && one.contents.equals(other.contents)));

function rebuild(port: HostPort, path: string, before: Standing, now: Standing | undefined): void {
  const { files } = port;
  if (now?.type === 'directory') files.removeDirectory(path);
  if (before.type === 'directory') {
    if (now) files.remove(path);
    files.makeDirectory(path, before.mode);
    return;
  }
  if (before.target !== undefined) files.createLink(temporaryPath(path), before.target);
  else if (before.contents !== undefined) draftFile(port, path, before.contents, before);
  else throw new Error('it was neither a file nor a folder nor a link');
  files.rename(temporaryPath(path), path);
}

function restoreStatus({ files, isRoot }: HostPort, path: string, before: Standing): boolean {
  const now = files.status(path);
  const isForeign = isRoot && (now?.uid !== before.uid || now.gid !== before.gid);
  if (isForeign) files.changeOwner(path, before.uid, before.gid);
  // After the owner, because the kernel drops set-ID bits with it.
  const isOther = before.type !== 'link' && files.status(path)?.mode !== before.mode;
  if (isOther) files.changeMode(path, before.mode);
  return isForeign || isOther;
}

/** How a path came back: not changed at all, as the very same file, or made anew. */
export type Return = 'unchanged' | 'same' | 'anew';

/** Brings the second name back, if there is one. */
function restoreKept(files: HostFiles, path: string): boolean {
  if (!files.status(keptPath(path))) return false;
  files.rename(keptPath(path), path);
  // Renaming one name of a file to another name of the same file does nothing (rename(2)).
  removeIfThere(files, keptPath(path));
  return true;
}

/** Makes a path what it was. */
export function restorePath(port: HostPort, path: string, before: Standing | undefined): Return {
  const { files } = port;
  removeIfThere(files, temporaryPath(path));
  const isSame = restoreKept(files, path);
  const now = look(files, path);
  if (!before && !now) return 'unchanged';
  if (before && isSameThing(before, now)) {
    if (isSame) syncFolderOf(files, path);
    return restoreStatus(port, path, before) || isSame ? 'same' : 'unchanged';
  }
  if (before) {
    rebuild(port, path, before, now);
    restoreStatus(port, path, before);
  } else if (now) remove(files, path, now);
  syncFolderOf(files, path);
  return 'anew';
}
