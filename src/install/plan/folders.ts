import { basename } from 'node:path/posix';
import type { DesiredMetrics } from '../desired/desired.ts';
import { foldersAbove, METRICS_FOLDER_MODE, sortedSet } from '../host/paths.ts';
import type { Observed } from '../observe/observed.ts';
import { describeFound, moveAway } from './file.ts';
import { type Part, part } from './part.ts';
import type { Step } from './step.ts';

const FOLDER_MODE = 0o755;

/** The folders that files need and a host lacks, parents first. */
export const missingFolders = (paths: readonly string[], { folders }: Observed): string[] =>
  sortedSet(paths.flatMap(foldersAbove)).filter((folder) => !folders.has(folder));

/** All of them root's, but for the one that the jobs write metrics to. */
export const makeFolders = (
  folders: readonly string[],
  metrics?: DesiredMetrics,
  { metricsGroup: gid }: Pick<Observed, 'metricsGroup'> = { metricsGroup: undefined },
): Step[] =>
  folders.map((path) => {
    if (path !== metrics?.directory) return { do: 'make-directory', path, mode: FOLDER_MODE };
    const step = { do: 'make-directory', path, mode: METRICS_FOLDER_MODE } as const;
    return gid === undefined ? step : { ...step, group: { name: metrics.group, gid } };
  });

export const removeFolders = (folders: readonly string[]): Step[] =>
  folders.map((path) => ({ do: 'remove-directory', path }));

/** What stands where a folder has to be. */
export function refuseObstacles(paths: readonly string[], { folders, isLive }: Observed): Part {
  const obstacles = sortedSet(paths.flatMap(foldersAbove)).flatMap((folder) => {
    const found = folders.get(folder);
    return found && found.type !== 'directory' ? [{ folder, found }] : [];
  });
  return part({
    refusals: obstacles.map(({ folder, found }) => ({
      found: `${folder} has to be a folder and is ${found.type === 'link' ? 'a link that leads to none' : describeFound(found)}`,
      fix: moveAway(folder, { isLive }),
      kind: 'refused',
    })),
  });
}

export type FoldersLeft = {
  readonly emptied: readonly string[];
  readonly vanishing: readonly string[];
  readonly kept: ReadonlyArray<readonly [folder: string, names: readonly string[]]>;
};

/**
 * Owned folders of which nothing is left once `removed` is gone, innermost first, and those that stay with what they hold
 * beside such folders.
 * `unlinked` are links that systemd removes, and with the last one in a folder the folder: that is vanishing.
 */
export function emptiedFolders(
  owned: readonly string[],
  removed: Iterable<string>,
  unlinked: readonly string[],
  at: Observed['at'],
): FoldersLeft {
  const gone = new Set(removed);
  const emptied: string[] = [];
  const vanishing: string[] = [];
  const kept: Array<readonly [string, readonly string[]]> = [];
  for (const folder of sortedSet(owned).reverse()) {
    const found = at.get(folder);
    if (found?.type !== 'directory') continue;
    const left = found.names.map((name) => `${folder}/${name}`).filter((path) => !gone.has(path));
    if (left.some((path) => !unlinked.includes(path))) {
      const others = left.filter((path) => !kept.some(([inner]) => inner === path));
      kept.push([folder, others.map((path) => basename(path))]);
      continue;
    }
    (left.length === 0 ? emptied : vanishing).push(folder);
    gone.add(folder);
  }
  return { emptied, vanishing, kept };
}
