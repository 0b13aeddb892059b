import {
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  type Stats,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import type { HostEntry, HostFiles } from '../install/host/host.ts';
import { inside } from './inside.ts';
import { attempt, unless } from './refusal.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** A pipe that stands where a file is expected must not make the program wait for a writer. */
const READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

function withOpen<Result>(path: string, flags: number, mode: number, use: (handle: number) => Result): Result {
  const handle = openSync(path, flags, mode);
  try {
    return use(handle);
  } finally {
    closeSync(handle);
  }
}

function typeOf(found: Stats): HostEntry['type'] {
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'directory';
  return found.isSymbolicLink() ? 'link' : 'other';
}

function entryOf(found: Stats): HostEntry {
  return { type: typeOf(found), mode: found.mode & 0o7777, uid: found.uid, gid: found.gid };
}

/** By its handle, because chmod(2) follows links. */
const setMode = (path: string, mode: number) => withOpen(path, READ, 0, (handle) => fchmodSync(handle, mode));

function writeNew(path: string, contents: Buffer, mode: number): void {
  withOpen(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600, (handle) => {
    writeFileSync(handle, contents);
    fchmodSync(handle, mode);
    fsyncSync(handle);
  });
}

/** Some file systems of networks and containers cannot sync a folder, and say so: then there is nothing to wait for. */
const sync = (path: string) =>
  withOpen(path, O_RDONLY | O_DIRECTORY, 0, (handle) => unless('EINVAL', () => fsyncSync(handle)));

function statusAt(path: string): HostEntry | undefined {
  const found = unless('ENOTDIR', () => lstatSync(path, { throwIfNoEntry: false }));
  return found && entryOf(found);
}

const readAt = (path: string) => unless('ENOENT', () => withOpen(path, READ, 0, (handle) => readFileSync(handle)));

/** With its mode from the start: one that a killed run had left closed would stay so, since nobody would look at it again. */
function makeFolder(path: string, mode: number): void {
  const mask = process.umask(0);
  try {
    mkdirSync(path, mode);
  } finally {
    process.umask(mask);
  }
  // mkdir(2) takes no set-ID bits.
  setMode(path, mode);
}

/** See `HostFiles`; `root` is absolute and has no links in it. */
export function createHostFiles(root: string): HostFiles {
  const at = (path: string) => inside(root, path, false);
  const folder = (path: string) => inside(root, path, true);
  return {
    root,
    status: (path) => attempt('look at', path, () => statusAt(at(path))),
    read: (path) => attempt('read', path, () => readAt(at(path))),
    readLink: (path) => attempt('read', path, () => readlinkSync(at(path))),
    list: (path) => attempt('list', path, () => (unless('ENOENT', () => readdirSync(folder(path))) ?? []).sort()),
    makeDirectory: (path, mode) => attempt('make', path, () => makeFolder(at(path), mode)),
    removeDirectory: (path) => attempt('remove', path, () => rmdirSync(at(path))),
    createFile: (path, contents, mode) => attempt('write', path, () => writeNew(at(path), contents, mode)),
    createLink: (path, target) => attempt('make', path, () => symlinkSync(target, at(path))),
    addName: (path, name) => attempt('make', name, () => linkSync(at(path), at(name))),
    rename: (from, to) => attempt('replace', to, () => renameSync(at(from), at(to))),
    remove: (path) => attempt('remove', path, () => unlinkSync(at(path))),
    changeMode: (path, mode) => attempt('change the mode of', path, () => setMode(at(path), mode)),
    changeOwner: (path, uid, gid) => attempt('change the owner of', path, () => lchownSync(at(path), uid, gid)),
    modified: (path) => attempt('look at', path, () => lstatSync(at(path)).mtimeMs),
    changeModified: (path, time) =>
      attempt('change the time of', path, () => lutimesSync(at(path), time / 1000, time / 1000)),
    syncDirectory: (path) => attempt('write', path, () => sync(folder(path))),
  };
}
