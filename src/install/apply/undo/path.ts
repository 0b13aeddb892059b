import { posix } from 'node:path';
import type { HostEntry, HostFiles, HostPort } from '../../host/host.ts';
import { keptPath, leftoverPaths, temporaryPath } from '../../host/paths.ts';

/** What stands at a path, whole; undefined if nothing does. */
export type Standing = HostEntry & {
  readonly file: { readonly contents: Buffer; readonly modified: number } | undefined;
  /** Where a link points. */
  readonly target: string | undefined;
};

export function look(files: HostFiles, path: string): Standing | undefined {
  const entry = files.status(path);
  if (!entry) return undefined;
  return {
    ...entry,
    file: entry.type === 'file' ? lookIntoFile(files, path) : undefined,
    target: entry.type === 'link' ? files.readLink(path) : undefined,
  };
}

function lookIntoFile(files: HostFiles, path: string): Standing['file'] {
  const contents = files.read(path);
  return contents && { contents, modified: files.modified(path) };
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

/** Times count, because that of a timer's stamp is all that it says. */
const isSameFile = (one: Standing['file'], other: Standing['file']): boolean =>
  one?.modified === other?.modified && (!one || !other || one.contents.equals(other.contents));

const isSameThing = (one: Standing, other: Standing | undefined): boolean =>
  one.type === other?.type && one.target === other.target && isSameFile(one.file, other.file);

function rebuild(port: HostPort, path: string, before: Standing, now: Standing | undefined): void {
  const { files } = port;
  if (now?.type === 'directory') files.removeDirectory(path);
  if (before.type === 'directory') {
    if (now) files.remove(path);
    files.makeDirectory(path, before.mode);
    return;
  }
  if (before.target !== undefined) files.createLink(temporaryPath(path), before.target);
  else if (before.file !== undefined) {
    draftFile(port, path, before.file.contents, before);
    files.changeModified(temporaryPath(path), before.file.modified);
  } else throw new Error('it was neither a file nor a folder nor a link');
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

/** Brings the second name back, if there is one. */
function restoreKept(files: HostFiles, path: string): boolean {
  if (!files.status(keptPath(path))) return false;
  files.rename(keptPath(path), path);
  // Renaming one name of a file to another name of the same file does nothing (rename(2)).
  removeIfThere(files, keptPath(path));
  return true;
}

/** Makes a path what it was, and says whether it was something else. */
export function restorePath(port: HostPort, path: string, before: Standing | undefined): boolean {
  const { files } = port;
  removeIfThere(files, temporaryPath(path));
  const isKept = restoreKept(files, path);
  const now = look(files, path);
  if (!before && !now) return false;
  const isSame = before !== undefined && isSameThing(before, now);
  if (!before && now) remove(files, path, now);
  if (before && !isSame) rebuild(port, path, before, now);
  const isCorrected = before !== undefined && restoreStatus(port, path, before);
  if (isKept || !isSame) syncFolderOf(files, path);
  return isKept || !isSame || isCorrected;
}
