import type { HostEntry, UnitState } from './host.ts';
import type { InstalledManifest } from './manifest.ts';

/** What stands at a path; the path's own last part is not followed if it is a link. */
export type Found = Omit<HostEntry, 'type'> &
  (
    | { readonly type: 'file'; readonly contents: Buffer }
    | { readonly type: 'link'; readonly target: string }
    | { readonly type: 'directory'; readonly names: readonly string[] }
    | { readonly type: 'other' }
  );

/** The environment file, without what it says. */
export type EnvironmentFound =
  | { readonly state: 'absent' }
  | { readonly state: 'blocked'; readonly found: Found }
  | {
      readonly state: 'present';
      /** Of the file that a link leads to, if it is one. */
      readonly mode: number;
      readonly uid: number;
      /** `placeholder`: PG_DSN is there as the example has it. `invalid`: with the problem, which shows no value. */
      readonly dsn:
        | { readonly is: 'configured' | 'placeholder' | 'undefined' }
        | { readonly is: 'invalid'; readonly problem: string };
    };

export type DropIn = { readonly unit: string; readonly path: string; readonly contents: string };

/** Everything about a host that a plan depends on. */
export type Observed = {
  /** Whether systemd runs here. An image has none: its timers are enabled by links, and nothing is started. */
  readonly isLive: boolean;
  /** Whether files can be given to root. */
  readonly isRoot: boolean;
  /** By path: wanted and owned files, their folders, leftovers, stamps, links that enable or mask. Nothing there: no entry. */
  readonly at: ReadonlyMap<string, Found>;
  /** By path: the folders above those, with links followed. */
  readonly folders: ReadonlyMap<string, Found>;
  readonly manifest: InstalledManifest | undefined;
  readonly environmentFile: EnvironmentFound;
  /** By name: wanted and owned timers and services; empty in an image. */
  readonly units: ReadonlyMap<string, UnitState>;
  readonly dropIns: readonly DropIn[];
};
