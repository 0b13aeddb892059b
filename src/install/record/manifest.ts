import { basename } from 'node:path/posix';
import { isUnit } from '../host/units.ts';

/** Where a host keeps the records of what the installer owns, one for each spec; root's alone to write, world-readable, without secrets. */
export const STATE_FOLDER = '/var/lib/hotlookup';

/** The record of 0.1.0, which knew no names. The first spec that has all of its partition sets takes it over. */
export const UNNAMED_RECORD = `${STATE_FOLDER}/manifest.json`;

/** The record of the spec of this name. */
export const recordPath = (name: string): string => `${STATE_FOLDER}/${name}.json`;

/** Whether a path is a record, of whatever spec. */
export const isRecord = (path: string): boolean => path.startsWith(`${STATE_FOLDER}/`) && path.endsWith('.json');

/** Everything that an install owns. Without times, so that two installs of the same spec make the same bytes. */
export type InstalledManifest = {
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly mode: string }[];
  /** Folders that the installer made, parents before children. */
  readonly directories: readonly string[];
  /** Links that an image install made. */
  readonly links: readonly string[];
  /** Timers that the installer enabled: one that is listed and no longer enabled was disabled by an administrator. */
  readonly enabled: readonly string[];
  /** Files that the jobs write; an install makes none of them. */
  readonly metrics: readonly string[];
  readonly environmentFile: { readonly path: string; readonly created: boolean };
};

/** What another spec has installed on the same host. */
export type OtherRecord = {
  /** Undefined of a record of 0.1.0. */
  readonly name: string | undefined;
  readonly path: string;
  readonly manifest: InstalledManifest;
};

/** The partition sets that an installation of these files has; one that is called as the script of another one's job cannot be. */
export function setsOf({ files }: { readonly files: ReadonlyArray<{ readonly path: string }> }): string[] {
  const names = files.flatMap(({ path }) => /\/([^/]+)-partitions\.sh$/.exec(path)?.[1] ?? []);
  const isScript = (name: string) => name.endsWith('-ensure') && names.includes(name.slice(0, -'-ensure'.length));
  return [...new Set(names)].filter((name) => !isScript(name)).sort();
}

/** Names of the units that a manifest owns. */
export const ownedUnits = (manifest: InstalledManifest | undefined): string[] =>
  (manifest?.files ?? []).filter(({ path }) => isUnit(path)).map(({ path }) => basename(path));
