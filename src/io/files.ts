import { basename, dirname, join } from 'node:path';
import type { FileStatus, Files } from '../world.ts';
import { attempt, codeOf, unless } from './refusal.ts';

/** The part of `node:fs` that is used; tests give the same part of memfs. */
export type FileSystem = Pick<
  typeof import('node:fs'),
  | 'chmodSync'
  | 'closeSync'
  | 'fchmodSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'mkdtempSync'
  | 'openSync'
  | 'readdirSync'
  | 'readFileSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'rmSync'
  | 'unlinkSync'
  | 'writeFileSync'
>;

/** The file port over `node:fs` or what looks like it. */
export function createFiles(fs: FileSystem, temporaryRoot: string): Files {
  function status(path: string): FileStatus | undefined {
    const found = fs.lstatSync(path, { throwIfNoEntry: false });
    if (!found) return undefined;
    const type = found.isFile()
      ? 'file'
      : found.isDirectory()
        ? 'directory'
        : found.isSymbolicLink()
          ? 'link'
          : 'other';
    return { type, mode: found.mode & 0o7777 };
  }

  /** Exclusively, so that no link is followed; what a killed run left there is removed. */
  function openNew(path: string, mode: number): number {
    try {
      return fs.openSync(path, 'wx', mode);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      fs.unlinkSync(path);
      return fs.openSync(path, 'wx', mode);
    }
  }

  /** Under a name of its own first, so that a run that is killed leaves the old file whole. */
  function write(path: string, contents: string, mode: number): void {
    const draft = join(dirname(path), `.${basename(path)}.hotlookup-draft`);
    const handle = openNew(draft, mode);
    try {
      fs.writeFileSync(handle, contents);
      fs.fchmodSync(handle, mode);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(draft, path);
  }

  function makeDirectory(path: string): void {
    if (status(path)) return;
    makeDirectory(dirname(path));
    fs.mkdirSync(path);
    fs.chmodSync(path, 0o755);
  }

  function removeEmptyDirectory(path: string): boolean {
    if (fs.readdirSync(path).length > 0) return false;
    fs.rmdirSync(path);
    return true;
  }

  return {
    status: (path) => attempt('look at', path, () => status(path)),
    read: (path) => attempt('read', path, () => unless('ENOENT', () => fs.readFileSync(path))),
    list: (path) => attempt('list', path, () => (unless('ENOENT', () => fs.readdirSync(path)) ?? []).sort()),
    write: (path, contents, mode) => attempt('write', path, () => write(path, contents, mode)),
    changeMode: (path, mode) => attempt('change the mode of', path, () => fs.chmodSync(path, mode)),
    makeDirectory: (path) => attempt('make', path, () => makeDirectory(path)),
    makeTemporaryDirectory: (prefix) =>
      attempt('make a folder in', temporaryRoot, () => fs.mkdtempSync(join(temporaryRoot, prefix))),
    removeFile: (path) => attempt('remove', path, () => fs.unlinkSync(path)),
    removeEmptyDirectory: (path) => attempt('remove', path, () => removeEmptyDirectory(path)),
    removeTree: (path) => attempt('remove', path, () => fs.rmSync(path, { recursive: true, force: true })),
  };
}
