import type { HostEntry, UnitState } from '../host/host.ts';
import type { InstalledManifest, OtherRecord } from '../record/manifest.ts';

type Owned = Pick<HostEntry, 'mode' | 'uid' | 'gid'>;

/** What stands at a path; the path's own last part is not followed if it is a link. */
export type Found = Owned &
  (
    | { readonly type: 'file'; readonly contents: Buffer }
    | { readonly type: 'link'; readonly target: string }
    | { readonly type: 'directory'; readonly names: readonly string[] }
    | { readonly type: 'other' }
  );

/** What the environment file says of PG_DSN. `placeholder`: what the example says. A problem shows no value. */
export type DsnFound =
  | { readonly is: 'placeholder' | 'unreadable' }
  /** `ignored`: the line that is meant to define it, and why it does not; undefined if there is none. */
  | { readonly is: 'undefined'; readonly ignored: string | undefined }
  /** `overSocket`: one of its hosts is the folder of a unix socket. */
  | { readonly is: 'configured'; readonly overSocket: boolean }
  | { readonly is: 'invalid'; readonly problem: string };

/** The environment file, without what it says. `link` is where it points if it is one. */
export type EnvironmentFound =
  | { readonly state: 'absent' }
  | { readonly state: 'blocked'; readonly type: HostEntry['type']; readonly link: string | undefined }
  | {
      readonly state: 'present';
      readonly link: string | undefined;
      /** Of the file that a link leads to. */
      readonly mode: number;
      readonly uid: number;
      readonly dsn: DsnFound;
    };

export type DropIn = { readonly unit: string; readonly path: string; readonly contents: string };

/** Everything about a host that a plan depends on. */
export type Observed = {
  /** Whether systemd runs here. An image has none: its timers are enabled by links, and nothing is started. */
  readonly isLive: boolean;
  /** Whether files can be given to root. */
  readonly isRoot: boolean;
  /**
   * By path: wanted and owned files, folders that the install made, leftovers, stamps, links that enable or mask,
   * metrics. Nothing there: no entry. The environment file is never among them.
   */
  readonly at: ReadonlyMap<string, Found>;
  /** By path: the folders above wanted and owned files, with links followed. One that leads nowhere is a `link`. */
  readonly folders: ReadonlyMap<string, HostEntry>;
  /** Where the record of this spec is, or is to be. */
  readonly recordPath: string;
  /** What this spec has installed; or, where it has no record yet, what 0.1.0 has, which knew no names. */
  readonly manifest: InstalledManifest | undefined;
  /** Whether the record of 0.1.0 is this spec's, to be replaced by one with a name. */
  readonly isUnnamed: boolean;
  /** What other specs have installed here. */
  readonly others: readonly OtherRecord[];
  /** Number of the group that the spec names for metrics; undefined if the host has none of that name, or none is named. */
  readonly metricsGroup: number | undefined;
  readonly environmentFile: EnvironmentFound;
  /** By name: wanted and owned timers and services; empty in an image. */
  readonly units: ReadonlyMap<string, UnitState>;
  readonly dropIns: readonly DropIn[];
  /** Copies of edited files that installs with `--force` kept. */
  readonly copies: readonly string[];
};

/** systemd takes an empty file for a mask too. */
export const isMask = (found: Found | undefined): boolean =>
  (found?.type === 'link' && found.target === '/dev/null') || (found?.type === 'file' && found.contents.length === 0);
