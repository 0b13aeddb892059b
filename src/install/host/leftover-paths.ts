import { basename, dirname } from 'node:path/posix';
import { temporaryPath } from './paths.ts';

/** The second name of what is replaced: from it the same file comes back, even where the disk is full. */
export const keptPath = (path: string): string => `${dirname(path)}/.${basename(path)}.hotlookup-old`;

/** What stands beside a path when a run begins was left by one that was killed. */
export const leftoverPaths = (path: string): string[] => [temporaryPath(path), keptPath(path)];

export const isLeftover = (path: string): boolean => /^\..+\.hotlookup-(?:new|old)$/.test(basename(path));
