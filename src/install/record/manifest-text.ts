import { AppError } from '../../errors.ts';
import type { InstalledManifest } from './manifest.ts';

export const spellMode = (mode: number): string => `0${(mode & 0o7777).toString(8).padStart(3, '0')}`;

/** Absent means 1: 0.1.0 wrote none. */
const FORMAT_VERSION = 2;

/** The manifest's text: the same manifest gives the same bytes. */
export function serialiseManifest(manifest: InstalledManifest): string {
  const { files, directories, links, enabled, metrics, environmentFile } = manifest;
  const document = {
    '//': 'What hotlookup installed on this host; hotlookup uninstall goes by it. Do not edit.',
    formatVersion: FORMAT_VERSION,
    files: files.map(({ path, sha256, mode }) => ({ path, sha256, mode })),
    directories,
    links,
    enabled,
    ...(metrics.length > 0 && { metrics }),
    environmentFile: { path: environmentFile.path, created: environmentFile.created },
  };
  return `${JSON.stringify(document, undefined, 2)}\n`;
}

const PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\x00-\x1f\x7f]+)+$/;
const TIMER = /^[A-Za-z0-9:_.][A-Za-z0-9:_.@-]*\.timer$/;
const SHA256 = /^[0-9a-f]{64}$/;
const MODE = /^0[0-7]{3,4}$/;

/** Reads it back. On its word files are removed, so anything that is not exactly a manifest is an AppError (exit code 7). */
export function parseManifest(text: string, path: string): InstalledManifest {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError('refused', `${path} ${error.message}`, {
      advice: 'Restore it from a backup, or move it away: what is installed is then adopted by the next install',
      cause: error.cause,
    });
  }
}

function parse(text: string): InstalledManifest {
  const root = read(text);
  const version = member(root, 'formatVersion') ?? 1;
  if (version !== 1 && version !== FORMAT_VERSION)
    throw damaged(`its formatVersion is ${JSON.stringify(version)}, and this program reads up to ${FORMAT_VERSION}`);
  const environmentFile = member(root, 'environmentFile');
  return {
    files: list(root, 'files').map((entry) => ({
      path: word(entry, 'path', PATH),
      sha256: word(entry, 'sha256', SHA256),
      mode: word(entry, 'mode', MODE),
    })),
    directories: words(root, 'directories', PATH),
    links: words(root, 'links', PATH),
    enabled: words(root, 'enabled', TIMER),
    // Where the jobs leave none, nothing is said of them.
    metrics: member(root, 'metrics') === undefined ? [] : words(root, 'metrics', PATH),
    environmentFile: {
      path: word(environmentFile, 'path', PATH),
      created: flag(environmentFile, 'created'),
    },
  };
}

const damaged = (what: string, cause?: unknown): AppError => new AppError('refused', `is damaged: ${what}`, { cause });

function read(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw damaged('it is not JSON', error);
  }
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;

function list(value: unknown, name: string): unknown[] {
  const found = member(value, name);
  if (!Array.isArray(found)) throw damaged(`${name} is not a list`);
  return found;
}

function accept(found: unknown, name: string, pattern: RegExp): string {
  if (typeof found !== 'string' || !pattern.test(found)) throw damaged(`${name} is ${JSON.stringify(found)}`);
  return found;
}

const word = (value: unknown, name: string, pattern: RegExp): string => accept(member(value, name), name, pattern);

const words = (value: unknown, name: string, pattern: RegExp): string[] =>
  list(value, name).map((entry) => accept(entry, name, pattern));

function flag(value: unknown, name: string): boolean {
  const found = member(value, name);
  if (typeof found !== 'boolean') throw damaged(`${name} is ${JSON.stringify(found)}`);
  return found;
}
