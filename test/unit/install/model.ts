import { basename, dirname, join } from 'node:path/posix';
import type { HostFiles, HostPort, UnitState } from '../../../src/install/host/host.ts';
import { SYSTEM_UNITS, wantsLink } from '../../../src/install/host/units.ts';

type Owned = { readonly mode: number; readonly uid: number; readonly gid: number };
export type Entry = Owned &
  (
    | { readonly type: 'file'; readonly contents: string }
    | { readonly type: 'link'; readonly target: string }
    | { readonly type: 'directory' }
    | { readonly type: 'other' }
  );

/** A host as a value: what is on its disk, and what its systemd has in memory. */
export type Model = {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly isLive: boolean;
  readonly isRoot: boolean;
  /** Units that are active, and those that failed. */
  readonly active: ReadonlySet<string>;
  readonly failed: ReadonlySet<string>;
  /** Jobs that failed and wait to be started again. */
  readonly waiting: ReadonlySet<string>;
  /** The text of each unit when systemd last read it. */
  readonly read: ReadonlyMap<string, string>;
  /** Timers that ran their job because they were started late. */
  readonly fired: readonly string[];
};

const ROOT = { uid: 0, gid: 0 };
export const file = (contents: string, mode = 0o644, owner: Partial<Owned> = {}): Entry => ({
  type: 'file',
  contents,
  mode,
  ...ROOT,
  ...owner,
});
export const folder = (mode = 0o755): Entry => ({ type: 'directory', mode, ...ROOT });
export const link = (target: string): Entry => ({ type: 'link', target, mode: 0o777, ...ROOT });

/** Stands in a stamp that shows a run as missed. */
export const STALE = 'stale';

const BARE = [
  '/etc',
  '/etc/systemd',
  SYSTEM_UNITS,
  '/opt',
  '/usr',
  '/usr/lib',
  '/var',
  '/var/lib',
  '/var/lib/systemd',
  '/var/lib/systemd/timers',
];

/** A host with nothing of hotlookup's, and what is given. */
export function createModel(entries: Readonly<Record<string, Entry>> = {}, given: Partial<Model> = {}): Model {
  const all = new Map(BARE.map((path) => [path, folder()]));
  for (const [path, entry] of Object.entries(entries)) all.set(path, entry);
  return {
    entries: all,
    isLive: true,
    isRoot: true,
    active: new Set(),
    failed: new Set(),
    waiting: new Set(),
    read: new Map(),
    fired: [],
    ...given,
  };
}

/** The model with other entries; undefined takes one away. */
export function change(
  model: Model,
  entries: Readonly<Record<string, Entry | undefined>>,
  given: Partial<Model> = {},
): Model {
  const all = new Map(model.entries);
  for (const [path, entry] of Object.entries(entries)) {
    if (entry) all.set(path, entry);
    else all.delete(path);
  }
  return { ...model, entries: all, ...given };
}

const UNIT_FOLDERS = [SYSTEM_UNITS, '/usr/local/lib/systemd/system'];

/** The file that a systemd reads for a unit; undefined without one. */
export function unitEntry({ entries }: Model, unit: string): { path: string; entry: Entry } | undefined {
  const path = UNIT_FOLDERS.map((place) => `${place}/${unit}`).find((place) => entries.has(place));
  const entry = path === undefined ? undefined : entries.get(path);
  return path === undefined || !entry ? undefined : { path, entry };
}

export const isMasked = (model: Model, unit: string): boolean => {
  const entry = unitEntry(model, unit)?.entry;
  return entry?.type === 'link' && entry.target === '/dev/null';
};

function loadState(model: Model, unit: string, text: string | undefined, dropIns: readonly string[]): string {
  if (isMasked(model, unit)) return 'masked';
  if (text === undefined) return 'not-found';
  const texts = [text, ...dropIns.map((path) => textAt(model, path) ?? '')];
  return texts.some((each) => each.includes('OnCalendar=nonsense')) ? 'bad-setting' : 'loaded';
}

function fileState(model: Model, unit: string): string {
  if (isMasked(model, unit)) return 'masked';
  if (!unitEntry(model, unit)) return '';
  if (model.entries.has(wantsLink(unit))) return 'enabled';
  return unit.endsWith('.timer') ? 'disabled' : 'static';
}

function textAt({ entries }: Model, path: string): string | undefined {
  const entry = entries.get(path);
  return entry?.type === 'file' ? entry.contents : undefined;
}

function unitState(model: Model, unit: string): UnitState {
  const fragmentPath = unitEntry(model, unit)?.path ?? '';
  const text = textAt(model, fragmentPath);
  const read = model.read.get(unit);
  const isActive = model.active.has(unit);
  const folder = `${SYSTEM_UNITS}/${unit}.d/`;
  const dropInPaths = [...model.entries.keys()].filter((path) => path.startsWith(folder) && path.endsWith('.conf'));
  const load = loadState(model, unit, read ?? text, dropInPaths);
  return {
    load,
    unitFile: fileState(model, unit),
    active: model.waiting.has(unit)
      ? 'activating'
      : model.failed.has(unit)
        ? 'failed'
        : isActive
          ? 'active'
          : 'inactive',
    isWaiting: model.waiting.has(unit),
    nextElapse: isActive ? 1 : undefined,
    fragmentPath,
    dropInPaths,
    // systemd says it for ever of a unit that it cannot use.
    needsReload: load === 'bad-setting' || (read !== undefined && read !== text),
  };
}

/** Where a path lies once the links above it are followed. */
export function realPath(entries: Model['entries'], path: string): string {
  const parent = dirname(path);
  if (parent === '/') return path;
  const real = realPath(entries, parent);
  const entry = entries.get(real);
  return join(entry?.type === 'link' ? realPath(entries, entry.target) : real, basename(path));
}

/** Shows a model to `observe`; whatever would change it is an error. */
export function portOf(model: Model): HostPort {
  const at = (path: string): Entry | undefined =>
    path === '/' ? folder() : model.entries.get(realPath(model.entries, path));
  const refuse = (): never => {
    throw new Error('observe changes the host');
  };
  const files: HostFiles = {
    root: '/',
    status: at,
    read(path) {
      const entry = at(path);
      return entry?.type === 'file' ? Buffer.from(entry.contents) : undefined;
    },
    readLink(path) {
      const entry = at(path);
      if (entry?.type !== 'link') throw new Error(`${path} is no link`);
      return entry.target;
    },
    list: (path) =>
      [...model.entries.keys()]
        .filter((candidate) => dirname(candidate) === realPath(model.entries, path))
        .map((candidate) => basename(candidate))
        .sort(),
    makeDirectory: refuse,
    removeDirectory: refuse,
    createFile: refuse,
    createLink: refuse,
    addName: refuse,
    rename: refuse,
    remove: refuse,
    changeMode: refuse,
    changeOwner: refuse,
    modified: refuse,
    changeModified: refuse,
    syncDirectory: refuse,
  };
  return {
    files,
    systemd: model.isLive
      ? {
          show: async (unit) => unitState(model, unit),
          showAll: async (units) => new Map(units.map((unit) => [unit, unitState(model, unit)])),
          control: refuse,
        }
      : undefined,
    isRoot: model.isRoot,
    uid: model.isRoot ? 0 : 1000,
    locked: refuse,
  };
}
