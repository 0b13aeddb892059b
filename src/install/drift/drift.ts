import { basename } from 'node:path/posix';
import { sha256 } from '../../render/sha256.ts';
import type { Desired } from '../desired/desired.ts';
import type { HostEntry } from '../host/host.ts';
import { isTimer } from '../host/units.ts';
import type { OverriddenSetting } from '../host/units-overrides.ts';
import type { InstalledManifest } from '../record/manifest.ts';

/** One way in which a host is not as it should be. `subject` is the path or the unit. */
export type Drift = { readonly subject: string } & (
  | { readonly is: 'missing' | 'unrecorded' | 'leftover' | 'stale' | 'reload' }
  | { readonly is: 'blocked'; readonly type: HostEntry['type']; readonly link: string | undefined }
  | { readonly is: 'contents'; readonly found: Buffer; readonly wanted: string | undefined; readonly isEdited: boolean }
  | { readonly is: 'mode'; readonly found: number; readonly wanted: number }
  | { readonly is: 'owner'; readonly uid: number; readonly gid: number }
  /** In systemd's words: `disabled`, `masked`, `inactive`, … */
  | { readonly is: 'not-enabled' | 'not-active'; readonly found: string }
  /** systemd cannot use it; in its words: `bad-setting`, `error`. */
  | { readonly is: 'unusable'; readonly found: string }
  /** Another file of the unit's name comes first. */
  | { readonly is: 'shadowed'; readonly by: string }
  | { readonly is: 'drop-in'; readonly path: string; readonly setting: OverriddenSetting }
);

/** A file as it should be. One that is known by its digest alone has no contents. */
export type ExpectedFile = {
  readonly path: string;
  readonly mode: number;
  readonly sha256: string;
  readonly contents: string | undefined;
};

export type Expected = { readonly files: readonly ExpectedFile[]; readonly timers: readonly string[] };

/** What a spec asks for. */
export const expectedOf = ({ files, jobs }: Desired): Expected => ({
  files: files.map((file) => ({ ...file, sha256: sha256(file.contents) })),
  timers: jobs.map(({ timer }) => timer),
});

/** What an install recorded. */
export const recordedOf = ({ files }: InstalledManifest): Expected => ({
  files: files.map(({ path, sha256, mode }) => ({
    path,
    sha256,
    mode: Number.parseInt(mode, 8),
    contents: undefined,
  })),
  timers: files.map(({ path }) => basename(path)).filter(isTimer),
});
