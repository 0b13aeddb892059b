/** Where a host keeps the record of what the installer owns; root's alone to write, world-readable, without secrets. */
export const MANIFEST_PATH = '/var/lib/hotlookup/manifest.json';

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
