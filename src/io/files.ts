import { basename, dirname, join } from 'node:path';
import { AppError, EXIT } from '../errors.ts';
import type { FileStatus, Files } from '../world.ts';

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

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
  EDQUOT: 'the quota is used up',
  ENOENT: 'a part of the path does not exist',
  ENOTDIR: 'a part of the path is not a folder',
  EISDIR: 'it is a folder',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'the name is too long',
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** What the system refused, as an error that says what was tried; anything else is a defect and passes unchanged. */
function attempt<Result>(what: string, path: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    const reason = REASONS[codeOf(error)];
    if (reason === undefined) throw error;
    throw new AppError(EXIT.missing, `cannot ${what} ${path}: ${reason}`, {
      advice: 'Check the path, its owner and its permissions',
      cause: error,
    });
  }
}

/** The result, or undefined where the path does not exist. */
function ifPresent<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

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
    read: (path) => attempt('read', path, () => ifPresent(() => fs.readFileSync(path))),
    list: (path) => attempt('list', path, () => (ifPresent(() => fs.readdirSync(path)) ?? []).sort()),
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
