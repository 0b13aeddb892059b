import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Files below a folder, as relative paths; names that start with a dot are the staging folders of builds. */
function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((path) => !path.startsWith('.'));
}

/** Renames each file of `from` over its predecessor in `to`, then removes what is no longer built. Readers never meet half a file. */
export function publish(from: string, to: string): void {
  const built = filesBelow(from);
  for (const path of built) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    renameSync(join(from, path), join(to, path));
  }
  for (const path of filesBelow(to)) if (!built.includes(path)) rmSync(join(to, path), { force: true });
}
