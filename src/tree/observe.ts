import { posix } from 'node:path';
import type { Files } from '../world.ts';

/** What stands at a path. Links are never followed. */
export type Found =
  | { readonly type: 'file'; readonly mode: number; readonly contents: Buffer }
  | { readonly type: 'directory' | 'link' | 'other' };

/** An output folder as it is. Paths are relative to it, with `/`. */
export type ObservedTree = {
  /** What stands at the paths that were asked for, or at a parent of theirs that is no folder. */
  readonly at: ReadonlyMap<string, Found>;
  /** What else lies in the folders of those paths, sorted; a folder's name ends in `/` and is not looked into. */
  readonly foreign: readonly string[];
};

/** Every folder on the way to a path, outermost first, without the root. */
export function foldersOf(path: string): string[] {
  const parent = posix.dirname(path);
  return parent === '.' ? [] : [...foldersOf(parent), parent];
}

/** Looks at the paths and their neighbours, and at nothing else: the output folder may be a large repository's root. */
export function observeTree(files: Files, root: string, paths: ReadonlySet<string>): ObservedTree {
  const folders = new Set([...paths].flatMap(foldersOf));
  const at = new Map<string, Found>();
  const foreign: string[] = [];

  function walk(folder: string): void {
    for (const name of files.list(`${root}/${folder}`)) {
      const path = `${folder}${name}`;
      const status = files.status(`${root}/${path}`);
      if (!status) continue;
      if (status.type === 'directory' && folders.has(path)) walk(`${path}/`);
      else if (!paths.has(path) && !folders.has(path)) foreign.push(status.type === 'directory' ? `${path}/` : path);
      else if (status.type === 'file')
        at.set(path, { type: 'file', mode: status.mode, contents: files.read(`${root}/${path}`) ?? Buffer.alloc(0) });
      else at.set(path, { type: status.type });
    }
  }

  walk('');
  return { at, foreign };
}
