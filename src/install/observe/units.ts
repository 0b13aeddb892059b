import { basename, dirname } from 'node:path/posix';
import type { HostFiles, UnitState } from '../host/host.ts';
import { resolvePath } from '../host/resolve-path.ts';
import { SYSTEM_UNITS } from '../host/units.ts';
import type { DropIn } from './observed.ts';

/** Drop-ins that the running systemd uses, and those that it will use from its next daemon-reload on. */
export function liveDropIns(
  files: HostFiles,
  states: ReadonlyMap<string, UnitState>,
  unitsDir: string | undefined,
): DropIn[] {
  const used = [...states].flatMap(([unit, { dropInPaths }]) => dropInPaths.map((path) => dropIn(files, unit, path)));
  return eachOnce(files, [...used, ...lyingDropIns(files, [...states.keys()], unitsDir)]);
}

/** Drop-ins that lie where systemd will find them for these units, whether it runs or not. */
export function lyingDropIns(files: HostFiles, units: readonly string[], unitsDir: string | undefined): DropIn[] {
  const places = new Set([
    SYSTEM_UNITS,
    unitsDir ?? SYSTEM_UNITS,
    '/run/systemd/system',
    '/usr/local/lib/systemd/system',
    '/usr/lib/systemd/system',
  ]);
  const found = units.flatMap((unit) =>
    [...places]
      .flatMap((place) => dropInFolders(unit).map((name) => `${place}/${name}`))
      .flatMap((folder) =>
        namesIn(files, folder)
          .filter((name) => name.endsWith('.conf'))
          .map((name) => dropIn(files, unit, `${folder}/${name}`)),
      ),
  );
  return eachOnce(files, found);
}

/** One folder may be found by two paths, as where /lib is a link to /usr/lib; the first path counts. */
function eachOnce(files: HostFiles, dropIns: readonly DropIn[]): DropIn[] {
  const byPlace = new Map<string, DropIn>();
  for (const one of dropIns) {
    const place = `${one.unit} ${resolvePath(files, dirname(one.path))}/${basename(one.path)}`;
    if (!byPlace.has(place)) byPlace.set(place, one);
  }
  return [...byPlace.values()];
}

/** Of the unit itself, of each beginning of its name up to a hyphen, of all units of its kind (systemd.unit(5)). */
function dropInFolders(unit: string): string[] {
  const end = unit.slice(unit.lastIndexOf('.'));
  const stem = unit.slice(0, -end.length);
  const beginnings = [...stem.matchAll(/-(?=.)/g)].map(({ index }) => `${stem.slice(0, index + 1)}${end}.d`);
  return [`${unit}.d`, ...beginnings.reverse(), `${end.slice(1)}.d`];
}

function namesIn(files: HostFiles, folder: string): string[] {
  const resolved = resolvePath(files, folder);
  return resolved !== undefined && files.status(resolved)?.type === 'directory' ? files.list(resolved) : [];
}

function dropIn(files: HostFiles, unit: string, path: string): DropIn {
  const resolved = resolvePath(files, path);
  const isFile = resolved !== undefined && files.status(resolved)?.type === 'file';
  return { unit, path, contents: isFile ? (files.read(resolved)?.toString('utf8') ?? '') : '' };
}
