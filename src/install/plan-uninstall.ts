import type { InstalledManifest } from './manifest.ts';
import type { Observed } from './observed.ts';
import type { Plan } from './step.ts';

export type UninstallOptions = {
  /** Also remove the environment file if the install created it. */
  readonly purge: boolean;
};

/** What takes away what the manifest owns, and nothing else. */
export function planUninstall(_manifest: InstalledManifest, _observed: Observed, _options: UninstallOptions): Plan {
  throw new Error('not written yet');
}
