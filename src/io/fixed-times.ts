import { lutimesSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../errors.ts';
import type { HostFiles } from '../install/host/host.ts';
import { inside } from './inside.ts';

/** SOURCE_DATE_EPOCH in seconds (https://reproducible-builds.org/specs/source-date-epoch/); undefined if it is not set. */
export function sourceDate(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,11}$/.test(text)) return Number(text);
  throw new AppError('usage', `SOURCE_DATE_EPOCH is ${JSON.stringify(text)}; allowed: whole seconds since 1970`, {
    advice: 'Set it as in: SOURCE_DATE_EPOCH=$(git log -1 --format=%ct), or unset it',
  });
}

/** The same files, where everything that is made or changed gets one time, and so does each folder whose names change. */
export function withFixedTimes(files: HostFiles, seconds: number): HostFiles {
  const stamp = (path: string, isLastFollowed: boolean) =>
    lutimesSync(inside(files.root, path, isLastFollowed), seconds, seconds);
  const stampFolder = (path: string) => stamp(dirname(path), true);
  const stampBoth = (path: string) => {
    stamp(path, false);
    stampFolder(path);
  };
  return {
    ...files,
    makeDirectory(path, mode) {
      files.makeDirectory(path, mode);
      stampBoth(path);
    },
    removeDirectory(path) {
      files.removeDirectory(path);
      stampFolder(path);
    },
    createFile(path, contents, mode) {
      files.createFile(path, contents, mode);
      stampBoth(path);
    },
    createLink(path, target) {
      files.createLink(path, target);
      stampBoth(path);
    },
    addName(path, name) {
      files.addName(path, name);
      stampFolder(name);
    },
    rename(from, to) {
      files.rename(from, to);
      stampFolder(from);
      stampFolder(to);
    },
    remove(path) {
      files.remove(path);
      stampFolder(path);
    },
  };
}
