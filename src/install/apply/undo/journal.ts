import type { HostPort, UnitState } from '../../host/host.ts';
import { keptPath, temporaryPath } from '../../host/paths.ts';
import { look, removeIfThere, removeLeftovers, type Standing, syncFolderOf } from './path.ts';
import { systemdOf } from './unit.ts';

export type Touched =
  | { readonly kind: 'path'; readonly path: string; readonly before: Standing | undefined }
  | { readonly kind: 'unit'; readonly unit: string; readonly before: UnitState };

/** What a run touched and how it was before, in the order of first touch. */
export type Journal = {
  readonly records: readonly Touched[];
  /** Call before a path is changed. The first call for a path notes how it is; later ones change nothing. */
  path(path: string): void;
  /** The same for a unit. */
  unit(unit: string): Promise<void>;
  /** Gives a path a second name, so that it comes back as the very same file. */
  keep(path: string): void;
  /** Removes the second names; from then on what comes back is made anew. */
  settle(): void;
};

export function createJournal(port: HostPort): Journal {
  const { files } = port;
  const records: Touched[] = [];
  const kept = new Set<string>();
  const isNoted = (name: string) =>
    records.some((record) => (record.kind === 'path' ? record.path : record.unit) === name);
  return {
    records,
    path(path) {
      if (isNoted(path)) return removeIfThere(files, temporaryPath(path));
      removeLeftovers(files, path);
      records.push({ kind: 'path', path, before: look(files, path) });
    },
    async unit(unit) {
      if (!isNoted(unit)) records.push({ kind: 'unit', unit, before: await systemdOf(port).show(unit) });
    },
    keep(path) {
      if (kept.has(path) || !files.status(path)) return;
      kept.add(path);
      files.addName(path, keptPath(path));
    },
    settle() {
      for (const path of kept) {
        removeIfThere(files, keptPath(path));
        syncFolderOf(files, path);
      }
      kept.clear();
    },
  };
}
