import { type Desired, type DesiredFile, wantedUnits } from '../desired/desired.ts';
import { presetFile } from '../desired/image-enablement.ts';
import { foldersAbove } from '../host/paths.ts';
import type { Observed } from '../observe/observed.ts';
import { type InstalledManifest, recordPath } from '../record/manifest.ts';
import { noteDropIns } from './drop-ins.ts';
import { createsEnvironment, planEnvironment } from './environment.ts';
import { planFile } from './file.ts';
import { makeFolders, missingFolders, refuseObstacles, removeFolders } from './folders.ts';
import { planLeftovers } from './leftovers.ts';
import { checkRecords, finalManifest, recordAround } from './manifest.ts';
import { planMasks } from './masks.ts';
import type { PlanOptions } from './options.ts';
import { keptForBoth, neededByOthers, refuseRemovals, refuseShared } from './others.ts';
import { joinParts, part } from './part.ts';
import { needsReload } from './reload.ts';
import { type Kept, planRemovals, removedBy } from './removals.ts';
import { noteFirstRun, runEnsureJobs } from './runs.ts';
import type { Plan, Step } from './step.ts';
import { planTimers, type TimersPlan } from './timers.ts';

/**
 * What makes an observed host what is desired. Pure: the same values give the same plan. The order of the steps lets a run
 * that is killed anywhere be completed by the next: what is owned is recorded first, timers are stopped before their files go.
 */
export function plan(desired: Desired, before: Observed, options: PlanOptions): Plan {
  const masks = planMasks(desired, before, options);
  const { observed } = masks;
  const wanted = options.preset ? [...desired.files, presetFile(desired)] : desired.files;
  const files = wanted.filter(({ path }) => !masks.places.has(path));
  const timers = planTimers(desired, observed, options, masks.masked);
  const record = recordPath(desired.name);
  const places = [record, ...placesOf(files, timers, desired, observed)];
  const made = missingFolders(places, observed);
  const recordFolders = made.filter((folder) => record.startsWith(`${folder}/`));
  const leftovers = planLeftovers(observed);
  const removals = planRemovals(
    observed,
    keptForBoth(kept(wanted, timers, desired), neededByOthers(observed)),
    removedBy(leftovers.steps),
  );
  const changes = joinParts([
    masks.part,
    refuseObstacles(places, observed),
    part({
      steps: makeFolders(
        made.filter((folder) => !recordFolders.includes(folder)),
        desired.metrics,
        observed,
      ),
    }),
    ...files.map((file) => planFile(file, observed, options)),
    planEnvironment(desired, observed, options),
    part({ ...removals, steps: [...removals.steps, ...removeFolders(removals.emptied)] }),
  ]);
  const systemd: Step[] = [
    ...(needsReload(changes.steps, observed) ? [{ do: 'reload' } as const] : []),
    ...removals.afterReload,
    ...timers.steps,
  ];
  const final = finalManifest(
    {
      files,
      made: [...made, ...madeAtBoot(desired, observed)],
      gone: [...removals.emptied, ...removals.vanishing],
      links: timers.links,
      enabled: timers.enabled,
      metrics: desired.metrics?.files ?? [],
      environmentFile: environmentRecord(desired, observed),
    },
    observed,
  );
  return {
    steps: [
      ...leftovers.steps,
      ...makeFolders(recordFolders),
      ...recordAround([...changes.steps, ...systemd], final, observed),
      ...(options.runEnsure ? runEnsureJobs(desired, observed, masks.masked) : []),
    ],
    notes: [
      ...changes.notes,
      ...timers.notes,
      ...noteDropIns(desired, observed),
      ...(options.runEnsure ? [] : noteFirstRun(timers.begun, observed)),
    ],
    refusals: [
      checkRecords(observed),
      refuseShared(desired, observed),
      refuseRemovals(desired, observed, options),
      leftovers,
      changes,
      timers,
    ].flatMap(({ refusals }) => refusals),
    activeTimers: timers.active,
  };
}

/** What systemd-tmpfiles makes when an image boots, and an uninstall takes away as if the install had made it. */
const madeAtBoot = ({ metrics }: Desired, observed: Observed): string[] =>
  observed.isLive ? [] : missingFolders(metrics?.files ?? [], observed);

/** Where something is put, or is to stay. */
const placesOf = (
  files: readonly DesiredFile[],
  timers: TimersPlan,
  { environmentFile, metrics }: Desired,
  observed: Observed,
): string[] => [
  ...files.map(({ path }) => path),
  ...(createsEnvironment(observed) ? [environmentFile.path] : []),
  // An image's folder for metrics is made at its first boot, when its group is known.
  ...(observed.isLive ? (metrics?.files ?? []) : []),
  ...timers.steps.flatMap((step) => (step.do === 'link' ? [step.path] : [])),
];

function kept(wanted: readonly DesiredFile[], { links }: TimersPlan, desired: Desired): Kept {
  const files = wanted.map(({ path }) => path);
  const metrics = desired.metrics?.files ?? [];
  return {
    files: new Set(files),
    units: new Set(wantedUnits(desired)),
    links: new Set(links),
    metrics: new Set(metrics),
    folders: new Set(
      [...files, ...links, ...metrics, desired.environmentFile.path, recordPath(desired.name)].flatMap(foldersAbove),
    ),
  };
}

function environmentRecord(
  { environmentFile: { path } }: Desired,
  observed: Observed,
): InstalledManifest['environmentFile'] {
  const former = observed.manifest?.environmentFile;
  return { path, created: createsEnvironment(observed) || (former?.path === path && former.created) };
}
