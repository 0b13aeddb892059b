import { dirname } from 'node:path/posix';
import { draftPrefix } from '../runtime/metrics/file.ts';
import { leftoverPaths } from './apply-beside.ts';
import type { Desired } from './desired.ts';
import { groupNumber } from './groups.ts';
import type { HostPort } from './host.ts';
import { PRESET_PATH } from './image-enablement.ts';
import { type InstalledManifest, MANIFEST_PATH } from './manifest.ts';
import { parseManifest } from './manifest-text.ts';
import { findCopies } from './observe-copies.ts';
import { observeEnvironment } from './observe-environment.ts';
import { createLookout, type Lookout } from './observe-paths.ts';
import { liveDropIns, lyingDropIns } from './observe-units.ts';
import type { Found, Observed } from './observed.ts';
import { backupPath, STATE_FOLDER, sortedSet } from './paths.ts';
import { isTimer, maskPlaces, ownedUnits, SYSTEM_UNITS, stampPath, wantedUnits, wantsLink } from './units.ts';

/**
 * Reads everything that a plan depends on, and writes nothing. Without `desired` it reads what the manifest of the host
 * names, for an uninstall. An AppError (exit code 7) for a manifest that is damaged.
 */
export async function observe(port: HostPort, desired: Desired | undefined): Promise<Observed> {
  const { files, systemd, isRoot } = port;
  const lookout = createLookout(files);
  const manifest = readManifest(lookout);
  const units = sortedSet([...wantedUnits(desired), ...ownedUnits(manifest)]);
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
    manifest,
    metricsGroup: desired?.metrics && groupNumber(files, desired.metrics.group),
    environmentFile: environmentFile === undefined ? { state: 'absent' } : observeEnvironment(files, environmentFile),
    units: states,
    dropIns: systemd ? liveDropIns(files, states, desired?.unitsDir) : lyingDropIns(files, units, desired?.unitsDir),
    copies: findCopies(files, lookout, paths),
  };
}

function readManifest(lookout: Lookout): InstalledManifest | undefined {
  lookout.look(STATE_FOLDER);
  const found = lookAround(lookout, MANIFEST_PATH);
  return found?.type === 'file' ? parseManifest(found.contents.toString('utf8')) : undefined;
}

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
