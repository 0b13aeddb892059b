import { shell } from '../render/quoting.ts';
import { sha256 } from '../render/sha256.ts';
import { leftoverPaths } from './apply-beside.ts';
import type { DesiredFile } from './desired.ts';
import { type InstalledManifest, MANIFEST_PATH } from './manifest.ts';
import { serialiseManifest, spellMode } from './manifest-text.ts';
import type { Observed } from './observed.ts';
import { byText, STATE_FOLDER, sortedSet } from './paths.ts';
import { inTheWay, planStatus } from './plan-file.ts';
import { type Part, part } from './plan-part.ts';
import type { Step } from './step.ts';

const MANIFEST_MODE = 0o644;

/** What an install comes to, as far as the manifest tells it. */
export type Outcome = {
  readonly files: readonly DesiredFile[];
  /** Folders that the install makes, and owned ones that go. */
  readonly made: readonly string[];
  readonly gone: readonly string[];
  readonly links: readonly string[];
  readonly enabled: readonly string[];
  readonly metrics: readonly string[];
  readonly environmentFile: InstalledManifest['environmentFile'];
};

/** The manifest of the installation that the plan leads to. */
export function finalManifest(outcome: Outcome, observed: Observed): InstalledManifest {
  const owned = (observed.manifest?.directories ?? []).filter((path) => observed.at.get(path)?.type === 'directory');
  const folders = [...owned, ...outcome.made, ...(ownsStateFolder(observed) ? [STATE_FOLDER] : [])];
  return {
    files: filesOf(outcome.files),
    directories: sortedSet(folders).filter((path) => !outcome.gone.includes(path)),
    links: sortedSet(outcome.links),
    enabled: sortedSet(outcome.enabled),
    metrics: sortedSet(outcome.metrics),
    environmentFile: outcome.environmentFile,
  };
}

/**
 * What is owned between the first step and the last: everything of both installations, a file that changes with both
 * digests, so that a run after an interruption tells its own files from edited ones. No timer is enabled yet that was not.
 */
function intendedManifest(final: InstalledManifest, observed: Observed): InstalledManifest {
  const { manifest } = observed;
  if (!manifest) return { ...final, enabled: [] };
  const key = (file: InstalledManifest['files'][number]) => `${file.path} ${file.sha256}`;
  const files = new Map([...manifest.files, ...final.files].map((file) => [key(file), file]));
  return {
    files: [...files].sort(([a], [b]) => byText(a, b)).map(([, file]) => file),
    directories: sortedSet([...manifest.directories, ...final.directories]),
    links: sortedSet([...manifest.links, ...final.links]),
    enabled: manifest.enabled,
    metrics: sortedSet([...manifest.metrics, ...final.metrics]),
    environmentFile: final.environmentFile,
  };
}

/** Puts the record of what is intended before the other steps, and of what came to be behind them. */
export function recordAround(steps: readonly Step[], final: InstalledManifest, observed: Observed): Step[] {
  const found = observed.at.get(MANIFEST_PATH);
  const before = found?.type === 'file' ? found.contents.toString('utf8') : undefined;
  const intended = serialiseManifest(intendedManifest(final, observed));
  const last = serialiseManifest(final);
  if (steps.length === 0) return last === before ? restoreStatus(observed) : [record(last, before)];
  return [
    ...(intended === before ? restoreStatus(observed) : [record(intended, before)]),
    ...steps,
    ...(last === intended ? [] : [record(last, intended)]),
  ];
}

const record = (contents: string, before: string | undefined): Step => ({
  do: 'write',
  path: MANIFEST_PATH,
  contents,
  mode: MANIFEST_MODE,
  before,
  secret: false,
  why: 'records what is installed',
});

function restoreStatus(observed: Observed): Step[] {
  const found = observed.at.get(MANIFEST_PATH);
  return found?.type === 'file' ? planStatus(MANIFEST_PATH, MANIFEST_MODE, found, observed) : [];
}

/** Files are removed on the manifest's word: nobody but root may have had a hand in it. */
export function judgeManifest({ at, isLive }: Observed): Part {
  const found = at.get(MANIFEST_PATH);
  if (!found) return part({});
  if (found.type !== 'file') return part({ refusals: [inTheWay(MANIFEST_PATH, found, { isLive })] });
  const isRoots = found.uid === 0 && (found.mode & 0o022) === 0;
  if (isRoots || !isLive) return part({});
  return part({
    refusals: [
      {
        found: `${MANIFEST_PATH} belongs to user ${found.uid} and has mode ${spellMode(found.mode)}, so that others could change it`,
        fix: `See that it lists only what hotlookup installed, then: chown root:root ${shell(MANIFEST_PATH)} && chmod 644 ${shell(MANIFEST_PATH)}`,
        code: 7,
      },
    ],
  });
}

/** A run that was killed at its very start or end left the folder and no manifest that says so. */
export function ownsStateFolder({ at }: Observed): boolean {
  const found = at.get(STATE_FOLDER);
  return (
    found?.type === 'directory' &&
    found.names.every((name) => leftoverPaths(MANIFEST_PATH).includes(`${STATE_FOLDER}/${name}`))
  );
}

const filesOf = (files: readonly DesiredFile[]): InstalledManifest['files'] =>
  files
    .map(({ path, contents, mode }) => ({ path, sha256: sha256(contents), mode: spellMode(mode) }))
    .sort((a, b) => byText(a.path, b.path));
