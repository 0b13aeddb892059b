import type { HostFiles } from '../host/host.ts';
import { resolvePath } from '../host/resolve-path.ts';

/** The text of a file, links followed; undefined if there is none. */
export function textAt(files: HostFiles, path: string): string | undefined {
  const resolved = resolvePath(files, path);
  if (resolved === undefined || files.status(resolved)?.type !== 'file') return undefined;
  return files.read(resolved)?.toString('utf8');
}

/** Names in a folder, links followed; empty if there is none. */
export function namesAt(files: HostFiles, path: string): string[] {
  const resolved = resolvePath(files, path);
  return resolved !== undefined && files.status(resolved)?.type === 'directory' ? files.list(resolved) : [];
}

/** Folders of libraries: one for each of the system's, and those below that Debian has for each architecture. */
export const libraryFolders = (files: HostFiles): string[] =>
  ['/usr/lib', '/lib', '/usr/lib64', '/lib64'].flatMap((base) => [
    base,
    ...namesAt(files, base)
      .filter((name) => name.includes('-linux-'))
      .map((name) => `${base}/${name}`),
  ]);
