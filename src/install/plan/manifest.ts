import { shell } from '../../render/quoting.ts';
import { sha256 } from '../../render/sha256.ts';
import type { DesiredFile } from '../desired/desired.ts';
import { byText, leftoverPaths, sortedSet } from '../host/paths.ts';
import type { Observed } from '../observe/observed.ts';
import { type InstalledManifest, STATE_FOLDER, UNNAMED_RECORD } from '../record/manifest.ts';
import { serialiseManifest, spellMode } from '../record/manifest-text.ts';
import { inTheWay, planStatus } from './file.ts';
import { joinParts, type Part, part } from './part.ts';
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
  const { recordPath: path } = observed;
  const found = observed.at.get(path);
  const before = found?.type === 'file' ? found.contents.toString('utf8') : undefined;
  const intended = serialiseManifest(intendedManifest(final, observed));
  const last = serialiseManifest(final);
  const taken: Step[] = observed.isUnnamed
    ? [{ do: 'remove', path: UNNAMED_RECORD, why: `${path} has taken over what it says` }]
    : [];
  if (steps.length === 0)
    return [...(last === before ? restoreStatus(observed) : [record(path, last, before)]), ...taken];
  return [
    ...(intended === before ? restoreStatus(observed) : [record(path, intended, before)]),
    ...taken,
    ...steps,
    ...(last === intended ? [] : [record(path, last, intended)]),
  ];
}

const record = (path: string, contents: string, before: string | undefined): Step => ({
  do: 'write',
  path,
  contents,
  mode: MANIFEST_MODE,
  before,
  secret: false,
  why: 'records what is installed',
});

function restoreStatus(observed: Observed): Step[] {
  const { recordPath: path } = observed;
  const found = observed.at.get(path);
  return found?.type === 'file' ? planStatus(path, MANIFEST_MODE, found, observed) : [];
}

/** Files are removed on a record's word: nobody but root may have had a hand in it. */
export const checkRecords = ({ at, isLive, recordPath }: Observed): Part =>
  joinParts([recordPath, UNNAMED_RECORD].map((path) => checkRecord(path, { at, isLive })));

function checkRecord(path: string, { at, isLive }: Pick<Observed, 'at' | 'isLive'>): Part {
  const found = at.get(path);
  if (!found) return part({});
  if (found.type !== 'file') return part({ refusals: [inTheWay(path, found, { isLive })] });
  const isRoots = found.uid === 0 && (found.mode & 0o022) === 0;
  if (isRoots || !isLive) return part({});
  return part({
    refusals: [
      {
        found: `${path} belongs to user ${found.uid} and has mode ${spellMode(found.mode)}, so that others could change it`,
        fix: `See that it lists only what hotlookup installed, then: chown root:root ${shell(path)} && chmod 644 ${shell(path)}`,
        kind: 'refused',
      },
    ],
  });
}

/** A run that was killed at its very start or end left the folder and no manifest that says so. */
export function ownsStateFolder({ at, recordPath }: Observed): boolean {
  const found = at.get(STATE_FOLDER);
  return (
    found?.type === 'directory' &&
    found.names.every((name) => [recordPath, UNNAMED_RECORD].flatMap(leftoverPaths).includes(`${STATE_FOLDER}/${name}`))
  );
}

const filesOf = (files: readonly DesiredFile[]): InstalledManifest['files'] =>
  files
    .map(({ path, contents, mode }) => ({ path, sha256: sha256(contents), mode: spellMode(mode) }))
    .sort((a, b) => byText(a.path, b.path));
