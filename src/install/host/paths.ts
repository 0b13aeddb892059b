import { basename, dirname } from 'node:path/posix';
import { sha256 } from '../../render/sha256.ts';

/** Where a file is written before it is renamed; what an install that was killed left there is known by this name. */
export const temporaryPath = (path: string): string => `${dirname(path)}/.${basename(path)}.hotlookup-new`;

/** The second name of what is replaced: from it the same file comes back, even where the disk is full. */
export const keptPath = (path: string): string => `${dirname(path)}/.${basename(path)}.hotlookup-old`;

/** What stands beside a path when a run begins was left by one that was killed. */
export const leftoverPaths = (path: string): string[] => [temporaryPath(path), keptPath(path)];

export const isLeftover = (path: string): boolean => /^\..+\.hotlookup-(?:new|old)$/.test(basename(path));

/** Where a file that was edited is kept before it is replaced. */
export const backupPath = (path: string, contents: Buffer): string =>
  `${path}.hotlookup-backup-${sha256(contents).slice(0, 8)}`;

export const isBackupOf = (path: string, copy: string): boolean =>
  copy.startsWith(`${path}.hotlookup-backup-`) && /-[0-9a-f]{8}$/.test(copy);

/** The folders above a path, outermost first, without `/`. */
export function foldersAbove(path: string): string[] {
  const folder = dirname(path);
  return folder === '/' ? [] : [...foldersAbove(folder), folder];
}

export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Each text once, sorted, so that folders come before what is in them. */
export const sortedSet = (texts: Iterable<string>): string[] => [...new Set(texts)].sort(byText);

/** The mode of the folder for metrics: who is in its group may write, and what is made there gets its group; everybody may read. */
export const METRICS_FOLDER_MODE = 0o2775;
