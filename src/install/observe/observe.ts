import { basename, dirname } from 'node:path/posix';
import { draftPrefix } from '../../runtime/metrics/file.ts';
import { type Desired, wantedUnits } from '../desired/desired.ts';
import { PRESET_PATH } from '../desired/image-enablement.ts';
import { groupNumber } from '../host/groups.ts';
import type { HostPort } from '../host/host.ts';
import { backupPath, leftoverPaths, sortedSet } from '../host/paths.ts';
import { isTimer, maskPlaces, SYSTEM_UNITS, stampPath, wantsLink } from '../host/units.ts';
import {
  type InstalledManifest,
  isRecord,
  ownedUnits,
  recordPath as pathOfRecord,
  STATE_FOLDER,
  UNNAMED_RECORD,
} from '../record/manifest.ts';
import { parseManifest } from '../record/manifest-text.ts';
import { findCopies } from './copies.ts';
import { observeEnvironment } from './environment.ts';
import type { Found, Observed } from './observed.ts';
import { createLookout, type Lookout } from './paths.ts';
import { liveDropIns, lyingDropIns } from './units.ts';

/**
 * Reads everything that a plan depends on, and writes nothing. Without `desired` it reads what the manifest of the host
 * names, for an uninstall. An AppError (exit code 7) for a manifest that is damaged.
 */
export async function observe(
  port: HostPort,
  desired: Desired | undefined,
  named: string | undefined = desired?.name,
): Promise<Observed> {
  const { files, systemd, isRoot } = port;
  const lookout = createLookout(files);
  const records = readRecords(lookout);
  const { recordPath, manifest, isUnnamed, others } = chooseRecord(records, named);
  for (const path of [recordPath, UNNAMED_RECORD]) lookAround(lookout, path);
  const units = sortedSet([...wantedUnits(desired), ...ownedUnits(manifest)]);
  for (const { manifest: other } of others) for (const { path } of other.files) lookout.look(path);
  const environmentFile = desired?.environmentFile.path ?? manifest?.environmentFile.path;
  const paths = [...(desired?.files.map(({ path }) => path) ?? []), ...(manifest?.files ?? []).map(({ path }) => path)];
  lookAtFiles(lookout, paths);
  for (const path of [...(manifest?.directories ?? []), ...(manifest?.links ?? [])]) lookout.look(path);
  lookAtMetrics(lookout, [...(desired?.metrics?.files ?? []), ...(manifest?.metrics ?? [])]);
  lookAtUnits(lookout, units, desired?.unitsDir ?? SYSTEM_UNITS);
  if (environmentFile !== undefined) lookBeside(lookout, environmentFile);
  const states = systemd ? await systemd.showAll(units) : new Map();
  return {
    isLive: systemd !== undefined,
    isRoot,
    at: lookout.at,
    folders: lookout.folders,
    recordPath,
    manifest,
    isUnnamed,
    others,
    metricsGroup: desired?.metrics && groupNumber(files, desired.metrics.group),
    environmentFile: environmentFile === undefined ? { state: 'absent' } : observeEnvironment(files, environmentFile),
    units: states,
    dropIns: systemd ? liveDropIns(files, states, desired?.unitsDir) : lyingDropIns(files, units, desired?.unitsDir),
    copies: findCopies(files, lookout, paths),
  };
}

/** What is installed here, by the name of its spec; `undefined` is the record of 0.1.0. */
export function readRecords(lookout: Lookout): Map<string | undefined, InstalledManifest> {
  const folder = lookout.look(STATE_FOLDER);
  const paths = folder?.type === 'directory' ? folder.names.map((name) => `${STATE_FOLDER}/${name}`) : [];
  return new Map(
    paths.filter(isRecord).flatMap((path) => {
      const found = lookAround(lookout, path);
      if (found?.type !== 'file') return [];
      const name = path === UNNAMED_RECORD ? undefined : basename(path, '.json');
      return [[name, parseManifest(found.contents.toString('utf8'), path)] as const];
    }),
  );
}

/** Which of the records is that of a spec. One that has none takes over that of 0.1.0. */
function chooseRecord(
  records: ReadonlyMap<string | undefined, InstalledManifest>,
  named: string | undefined,
): Pick<Observed, 'recordPath' | 'manifest' | 'isUnnamed' | 'others'> {
  const [only] = records.size === 1 ? records.keys() : [];
  const name = named ?? only;
  const unnamed = records.get(undefined);
  const own = name === undefined ? undefined : records.get(name);
  // A run that was killed while it took the record over has written down everything of it already.
  const isTakenOver = own !== undefined && unnamed !== undefined && hasAllOf(own, unnamed);
  const isUnnamed = unnamed !== undefined && (own === undefined || isTakenOver);
  return {
    recordPath: name === undefined ? UNNAMED_RECORD : pathOfRecord(name),
    manifest: own ?? unnamed,
    isUnnamed,
    others: [...records]
      .filter(([other]) => (other === undefined ? !isUnnamed : other !== name))
      .map(([other, manifest]) => ({
        name: other,
        path: other === undefined ? UNNAMED_RECORD : pathOfRecord(other),
        manifest,
      })),
  };
}

const hasAllOf = (own: InstalledManifest, other: InstalledManifest): boolean => {
  const paths = new Set(own.files.map(({ path }) => path));
  return other.files.every(({ path }) => paths.has(path));
};

function lookAtFiles(lookout: Lookout, paths: readonly string[]): void {
  for (const path of [...paths, PRESET_PATH]) {
    const found = lookAround(lookout, path);
    if (found?.type === 'file') lookAround(lookout, backupPath(path, found.contents));
  }
}

/** The jobs' files, with the drafts that killed runs have left. */
function lookAtMetrics(lookout: Lookout, paths: readonly string[]): void {
  for (const path of paths) {
    lookout.look(path);
    const folder = lookout.look(dirname(path));
    const names = folder?.type === 'directory' ? folder.names : [];
    for (const name of names.filter((name) => name.startsWith(draftPrefix(path))))
      lookout.look(`${dirname(path)}/${name}`);
  }
}

function lookAtUnits(lookout: Lookout, units: readonly string[], unitsDir: string): void {
  for (const unit of units) for (const place of maskPlaces(unit, unitsDir)) lookout.look(place);
  for (const timer of units.filter(isTimer)) {
    lookAround(lookout, wantsLink(timer));
    lookAround(lookout, stampPath(timer));
  }
}

/** What a run that was killed may have left. */
function lookBeside(lookout: Lookout, path: string): void {
  for (const leftover of leftoverPaths(path)) lookout.look(leftover);
}

function lookAround(lookout: Lookout, path: string): Found | undefined {
  lookBeside(lookout, path);
  return lookout.look(path);
}
