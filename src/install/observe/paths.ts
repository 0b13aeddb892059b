import { dirname } from 'node:path/posix';
import type { HostEntry, HostFiles } from '../host/host.ts';
import { foldersAbove } from '../host/paths.ts';
import { resolvePath } from '../host/resolve-path.ts';
import type { Found } from './observed.ts';

/** Looks at paths one by one and keeps what it found. */
export type Lookout = {
  readonly at: ReadonlyMap<string, Found>;
  /** The folders above what was looked at, links followed. What is no folder ends the way. */
  readonly folders: ReadonlyMap<string, HostEntry>;
  look(path: string): Found | undefined;
};

export function createLookout(files: HostFiles): Lookout {
  const at = new Map<string, Found>();
  const folders = new Map<string, HostEntry>();

  function enter(path: string): boolean {
    if (path === '/') return true;
    for (const folder of foldersAbove(`${path}/x`)) {
      const found = folders.get(folder) ?? lookAtFolder(files, folder);
      if (!found) return false;
      folders.set(folder, found);
      if (found.type !== 'directory') return false;
    }
    return true;
  }

  return {
    at,
    folders,
    look(path) {
      const known = at.get(path);
      if (known || !enter(dirname(path))) return known;
      const found = lookAt(files, path);
      if (found) at.set(path, found);
      return found;
    },
  };
}

/** A link that leads nowhere is found as the link that it is. */
function lookAtFolder(files: HostFiles, path: string): HostEntry | undefined {
  const entry = files.status(path);
  if (entry?.type !== 'link') return entry;
  const resolved = resolvePath(files, path);
  return resolved === undefined || resolved === '/' ? entry : files.status(resolved);
}

function lookAt(files: HostFiles, path: string): Found | undefined {
  const entry = files.status(path);
  switch (entry?.type) {
    case undefined:
      return undefined;
    case 'file':
      return { ...entry, type: 'file', contents: files.read(path) ?? Buffer.alloc(0) };
    case 'link':
      return { ...entry, type: 'link', target: files.readLink(path) };
    case 'directory':
      return { ...entry, type: 'directory', names: files.list(path) };
    case 'other':
      return { ...entry, type: 'other' };
  }
}
