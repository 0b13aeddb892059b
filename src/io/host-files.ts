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
import type { HostEntry, HostFiles } from '../install/host.ts';
import { inside } from './inside.ts';

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
/** A pipe that stands where a file is expected must not make the program wait for a writer. */
const READ = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** The result, or undefined if the system refuses with that code. */
function unless<Result>(code: string, act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) === code) return undefined;
    throw error;
  }
}

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

/** See `HostFiles`; `root` is absolute and has no links in it. */
export function createHostFiles(root: string): HostFiles {
  const at = (path: string) => inside(root, path, false);
  const folder = (path: string) => inside(root, path, true);
  return {
    root,
    status(path) {
      const found = unless('ENOTDIR', () => lstatSync(at(path), { throwIfNoEntry: false }));
      return found && entryOf(found);
    },
    read: (path) => unless('ENOENT', () => withOpen(at(path), READ, 0, (handle) => readFileSync(handle))),
    readLink: (path) => readlinkSync(at(path)),
    list: (path) => (unless('ENOENT', () => readdirSync(folder(path))) ?? []).sort(),
    makeDirectory(path, mode) {
      mkdirSync(at(path), 0o700);
      setMode(at(path), mode);
    },
    removeDirectory: (path) => rmdirSync(at(path)),
    createFile: (path, contents, mode) => writeNew(at(path), contents, mode),
    createLink: (path, target) => symlinkSync(target, at(path)),
    addName: (path, name) => linkSync(at(path), at(name)),
    rename: (from, to) => renameSync(at(from), at(to)),
    remove: (path) => unlinkSync(at(path)),
    changeMode: (path, mode) => setMode(at(path), mode),
    changeOwner: (path, uid, gid) => lchownSync(at(path), uid, gid),
    modified: (path) => lstatSync(at(path)).mtimeMs,
    changeModified: (path, time) => lutimesSync(at(path), time / 1000, time / 1000),
    syncDirectory: (path) => sync(folder(path)),
  };
}
