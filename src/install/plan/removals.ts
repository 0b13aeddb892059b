import { basename } from 'node:path/posix';
import { sha256 } from '../../render/sha256.ts';
import { sortedSet } from '../host/paths.ts';
import { isMaskedState, isRunning, isTimer, isUnit, stampPath, UNKNOWN_UNIT, wantsLink } from '../host/units.ts';
import type { Observed } from '../observe/observed.ts';
import { STATE_FOLDER } from '../record/manifest.ts';
import { ownedDigests } from './file.ts';
import { emptiedFolders } from './folders.ts';
import { removeMetrics } from './metrics.ts';
import type { Step } from './step.ts';

/** What stays of an earlier install. */
export type Kept = {
  readonly files: ReadonlySet<string>;
  /** Names of units that stay, be it at another path. */
  readonly units: ReadonlySet<string>;
  readonly links: ReadonlySet<string>;
  readonly metrics: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
};

export type Removals = {
  /** In their order: timers, links, files, metrics. */
  readonly steps: readonly Step[];
  /** To be done once systemd has read its units again. */
  readonly afterReload: readonly Step[];
  readonly notes: readonly string[];
  /** Folders to remove once the steps are done, innermost first. */
  readonly emptied: readonly string[];
  /** Folders that systemd removes with the last link in them. */
  readonly vanishing: readonly string[];
  /** Folders of the install that hold something else, and what. */
  readonly occupied: ReadonlyArray<readonly [folder: string, names: readonly string[]]>;
};

/** Takes away what the manifest owns and nobody wants; `alsoGone` are paths that other steps remove. */
export function planRemovals(observed: Observed, kept: Kept, alsoGone: readonly string[]): Removals {
  const former = sortedSet((observed.manifest?.files ?? []).map(({ path }) => path)).filter(
    (path) => !kept.files.has(path),
  );
  const units = sortedSet(former.filter(isUnit).map((path) => basename(path)));
  const quieting = units.filter(isTimer).flatMap((timer) => quiet(timer, kept.units.has(timer), observed));
  const services = units.filter((unit) => !isTimer(unit) && !kept.units.has(unit) && stateOf(unit, observed).isWaiting);
  const unlinked = quieting.flatMap((step) => (step.do === 'disable' ? [wantsLink(step.unit)] : []));
  const links = formerLinks(units, unlinked, kept, observed);
  const files = former.map((path) => removeFile(path, observed));
  const stopping = services.map((unit): Step => ({ do: 'stop', unit }));
  const metrics = removeMetrics(observed, kept.metrics);
  const steps = [...quieting, ...stopping, ...links, ...files.flatMap(({ steps }) => steps), ...metrics.steps];
  const folders = (observed.manifest?.directories ?? []).filter(
    (path) => !kept.folders.has(path) && path !== STATE_FOLDER,
  );
  const {
    emptied,
    vanishing,
    kept: occupied,
  } = emptiedFolders(folders, [...alsoGone, ...removedBy(steps)], unlinked, observed.at);
  const ended = units.filter((unit) => !kept.units.has(unit));
  return {
    steps,
    afterReload: ended
      .filter((unit) => stateOf(unit, observed).active === 'failed')
      .map((unit) => ({ do: 'reset-failed', unit })),
    notes: [
      ...files.flatMap(({ notes }) => notes),
      ...metrics.notes,
      ...ended.flatMap((unit) => unitNotes(unit, observed)),
    ],
    emptied,
    vanishing,
    occupied,
  };
}

const stateOf = (unit: string, { units }: Observed) => units.get(unit) ?? UNKNOWN_UNIT;

/**
 * Disables and stops a timer, and removes its stamp unless it goes on at another path. The stamp is removed as a file, because
 * `systemctl clean` fails for a timer that a drop-in made forgetful.
 */
function quiet(timer: string, goesOn: boolean, observed: Observed): Step[] {
  const state = stateOf(timer, observed);
  const isDisabled = !['enabled', 'enabled-runtime', 'linked', 'linked-runtime'].includes(state.unitFile);
  const isLoaded = observed.isLive && state.load !== 'not-found' && !isMaskedState(state);
  const isQuiet = isDisabled && state.active === 'inactive';
  const stamp = stampPath(timer);
  return [
    ...(isLoaded && !isQuiet ? [{ do: 'disable', unit: timer } as const] : []),
    ...(goesOn || !observed.at.has(stamp) ? [] : [{ do: 'remove', path: stamp, why: 'its timer is removed' } as const]),
  ];
}

/** Links that enable; those of a timer that systemd disables go with that. */
function formerLinks(
  units: readonly string[],
  unlinked: readonly string[],
  kept: Kept,
  { at, manifest }: Observed,
): Step[] {
  const ended = units.filter((unit) => isTimer(unit) && !kept.units.has(unit)).map(wantsLink);
  return sortedSet([...(manifest?.links ?? []), ...ended])
    .filter((path) => !kept.links.has(path) && !unlinked.includes(path) && at.get(path)?.type === 'link')
    .map((path) => ({ do: 'remove', path, why: 'its timer is no longer enabled' }));
}

function removeFile(path: string, observed: Observed): { steps: Step[]; notes: string[] } {
  const found = observed.at.get(path);
  if (!found) return { steps: [], notes: [] };
  const isOurs = found.type === 'file' && ownedDigests(observed, path).includes(sha256(found.contents));
  if (isOurs)
    return {
      steps: [{ do: 'remove', path, why: 'an earlier install made it and nothing needs it any more' }],
      notes: [],
    };
  return { steps: [], notes: [`${path} was changed on this host and stays: remove it if it is not needed`] };
}

function unitNotes(unit: string, observed: Observed): string[] {
  const dropIns = observed.dropIns.filter((dropIn) => dropIn.unit === unit && dropIn.path.includes(`/${unit}.d/`));
  return [
    ...(isRunning(stateOf(unit, observed)) && !isTimer(unit) ? [`${unit} is running and is left to end`] : []),
    ...dropIns.map(({ path }) => `${path} stays: it is not hotlookup's`),
  ];
}

export const removedBy = (steps: readonly Step[]): string[] =>
  steps.flatMap((step) => (step.do === 'remove' ? [step.path] : []));
