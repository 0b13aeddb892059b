import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';

/** By path: type, mode, owner and what is in it, or `removed`; only what differs from the roots below. */
export type Listing = Readonly<Record<string, string>>;

/** What a running system writes by itself. Everything else counts, systemd's time stamps too. */
const NOISE = [
  '/var/log/journal', // journald, all the time
  '/var/lib/postgresql', // the server's data
  '/var/log/postgresql', // the server's log
];

export type OverlayPlace = {
  /** The layer that takes the writes. */
  readonly upper: string;
  /** The root as the host sees it, without what is mounted in it. */
  readonly merged: string;
};

/**
 * Compares a host's root with this machine's. Only folders in the layer that takes the writes can differ, so nothing else
 * is read; a file that was copied up and changed back is equal again.
 */
export function changesOfRoot(place: OverlayPlace): Listing {
  return Object.fromEntries(changesIn(place, '/').sort(([a], [b]) => (a < b ? -1 : 1)));
}

function changesIn(place: OverlayPlace, folder: string): [string, string][] {
  const written = namesIn(join(place.upper, folder));
  const present = new Set(namesIn(join(place.merged, folder)));
  const gone = namesIn(folder).filter((name) => !present.has(name));
  return [...new Set([...written, ...gone])]
    .map((name) => join(folder, name))
    .filter((path) => !NOISE.includes(path))
    .flatMap((path) => changesAt(place, path));
}

function changesAt(place: OverlayPlace, path: string): [string, string][] {
  const now = entryAt(join(place.merged, path));
  const before = entryAt(path);
  const own: [string, string][] = now === before ? [] : [[path, now ?? 'removed']];
  return now?.startsWith('folder') ? [...own, ...changesIn(place, path)] : own;
}

function namesIn(folder: string): string[] {
  return statusOf(folder)?.isDirectory() ? readdirSync(folder) : [];
}

function entryAt(path: string): string | undefined {
  const status = statusOf(path);
  if (!status) return undefined;
  const owner = `${status.uid}:${status.gid}`;
  const mode = (status.mode & 0o7777).toString(8).padStart(4, '0');
  if (status.isSymbolicLink()) return `link ${owner} ${readlinkSync(path)}`;
  if (status.isDirectory()) return `folder ${mode} ${owner}`;
  if (status.isFile()) return `file ${mode} ${owner} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
  return `other ${mode} ${owner} ${status.rdev}`;
}

function statusOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
