import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What stands at one path: all that a rolled-back install has to bring back. */
export type Listed = {
  readonly type: 'file' | 'directory' | 'link';
  readonly mode: string;
  readonly owner: string;
  /** Contents of a file, target of a link. */
  readonly holds: string | undefined;
  /** When a file's contents changed last, in whole milliseconds. */
  readonly modified: number | undefined;
};

/** Everything below a folder, by path from it. */
export function listTree(root: string): Record<string, Listed> {
  const found: Record<string, Listed> = {};
  function walk(path: string): void {
    const status = lstatSync(path);
    const type = status.isDirectory() ? 'directory' : status.isSymbolicLink() ? 'link' : 'file';
    found[`/${relative(root, path)}`] = {
      type,
      mode: (status.mode & 0o7777).toString(8),
      owner: `${status.uid}:${status.gid}`,
      holds: type === 'file' ? readFileSync(path, 'utf8') : type === 'link' ? readlinkSync(path) : undefined,
      modified: type === 'file' ? Math.round(status.mtimeMs) : undefined,
    };
    if (type === 'directory') for (const name of readdirSync(path).sort()) walk(join(path, name));
  }
  walk(root);
  return found;
}
