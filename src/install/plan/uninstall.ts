import { leftoverPaths } from '../host/paths.ts';
import type { Observed } from '../observe/observed.ts';
import { type InstalledManifest, STATE_FOLDER } from '../record/manifest.ts';
import { emptiedFolders, removeFolders } from './folders.ts';
import { planLeftovers } from './leftovers.ts';
import { checkRecords, ownsStateFolder } from './manifest.ts';
import { neededByOthers } from './others.ts';
import { type Part, part } from './part.ts';
import { needsReload } from './reload.ts';
import { planRemovals, removedBy } from './removals.ts';
import type { Plan, Step } from './step.ts';

export type UninstallOptions = {
  /** Also remove the environment file if the install created it. */
  readonly purge: boolean;
};

/**
 * What takes away what the manifest owns and nobody changed, and nothing else. The manifest goes last, so that a run which
 * is killed is completed by the next.
 */
export function planUninstall(manifest: InstalledManifest, observed: Observed, { purge }: UninstallOptions): Plan {
  const owner = { ...observed, manifest };
  const leftovers = planLeftovers(owner);
  const environment = partWithEnvironment(owner, manifest, purge);
  const removals = planRemovals(owner, neededByOthers(owner), removedBy([...leftovers.steps, ...environment.steps]));
  const forgotten = forget(owner, manifest, removals.emptied);
  const removing = [...leftovers.steps, ...removals.steps];
  return {
    steps: [
      ...removing,
      ...(needsReload(removing, owner) ? [{ do: 'reload' } as const] : []),
      ...removals.afterReload,
      ...environment.steps,
      ...removeFolders(removals.emptied),
      ...forgotten.steps,
    ],
    notes: [
      ...removals.notes,
      ...environment.notes,
      ...owner.copies.map((path) => `${path} stays: an install with --force kept it, a copy of an edited file`),
      ...removals.occupied
        .filter(([folder, names]) => names.length > 0 && !forgotten.emptied.includes(folder))
        .map(([folder, names]) => `${folder} stays: it holds ${names.join(', ')}`),
    ],
    refusals: [...checkRecords(owner).refusals, ...leftovers.refusals],
    activeTimers: [],
  };
}

/** The same where no manifest is: an uninstall that was killed at its very end left the manifest's folder. */
export function planRemains(observed: Observed): Plan {
  const remains = ownsStateFolder(observed);
  const leftovers = remains ? planLeftovers(observed) : part({});
  return {
    steps: [...leftovers.steps, ...(remains ? removeFolders([STATE_FOLDER]) : [])],
    notes: [`hotlookup has installed nothing here: there is no record in ${STATE_FOLDER}`],
    refusals: leftovers.refusals,
    activeTimers: [],
  };
}

function partWithEnvironment(
  { environmentFile: found, others }: Observed,
  { environmentFile: { path, created } }: InstalledManifest,
  purge: boolean,
): Part {
  if (found.state === 'absent') return part({});
  if (others.some(({ manifest }) => manifest.environmentFile.path === path))
    return part({ notes: [`${path} stays: another spec that is installed here needs it`] });
  if (!created) return part({ notes: [`${path} stays: the install did not make it`] });
  const isOurs = found.state === 'present' && found.link === undefined;
  if (!isOurs) return part({ notes: [`${path} stays: it was changed on this host`] });
  if (!purge) return part({ notes: [`${path} stays: it may hold a password; --purge removes it`] });
  return part({ steps: [{ do: 'remove', path, why: 'an earlier install made it, and --purge asks for it' }] });
}

/** The manifest, and the folders above it that the install made. */
function forget(observed: Observed, { directories }: InstalledManifest, removed: readonly string[]) {
  const { recordPath: path } = observed;
  const folders = directories.filter((folder) => path.startsWith(`${folder}/`));
  const gone = new Set([path, ...leftoverPaths(path), ...removed]);
  const { emptied } = emptiedFolders(folders, gone, [], observed.at);
  const step: Step = { do: 'remove', path, why: 'nothing of this spec is installed any more' };
  return { steps: [step, ...removeFolders(emptied)], emptied };
}
