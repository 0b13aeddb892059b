import { dirname } from 'node:path/posix';
import type { HostFiles } from '../host/host.ts';
import { isBackupOf, sortedSet } from '../host/paths.ts';
import type { Lookout } from './paths.ts';

/** The copies that an install with `--force` kept of these files, whatever they held. */
export function findCopies(files: HostFiles, { folders }: Lookout, paths: readonly string[]): string[] {
  const places = sortedSet(paths.map((path) => dirname(path))).filter(
    (folder) => folders.get(folder)?.type === 'directory',
  );
  return places.flatMap((folder) =>
    files
      .list(folder)
      .map((name) => `${folder}/${name}`)
      .filter((copy) => paths.some((path) => isBackupOf(path, copy))),
  );
}
