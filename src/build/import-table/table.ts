import { GENERATOR_ROOMS } from './generator.ts';
import { HELPER_ROOMS } from './helper.ts';
import { INSTALLER_ROOMS } from './installer.ts';
import type { Room } from './room.ts';

/*
 * The import table. The architecture test holds the source to it, and src/README.md shows it.
 */

/** Modules of Node that only compute; every room may import them. */
export const PURE_MODULES = ['node:crypto', 'node:path', 'node:path/posix', 'node:url', 'node:util'];

/** Dependencies point one way, and each outside world has one room. */
export const ROOMS: Readonly<Record<string, Room>> = { ...GENERATOR_ROOMS, ...INSTALLER_ROOMS, ...HELPER_ROOMS };

/** The room of a file below `src/`: the longest of the table's that it lies in, else the file itself. */
export function roomOf(path: string): string {
  const rooms = Object.keys(ROOMS).filter((room) => path === room || path.startsWith(`${room}/`));
  return rooms.reduce((longest, room) => (room.length > longest.length ? room : longest), '') || path;
}

/** Where the outside world may be reached, as paths below `src/`: a folder with its slash, or a file. */
export const EFFECTS: Readonly<Record<string, readonly string[]>> = {
  /** `process`: arguments, environment, streams, signals. */
  process: ['cli.ts', 'io/', 'runtime/bin.ts', 'build/'],
  /** The wall clock and the random numbers. */
  clock: ['io/', 'runtime/bin.ts'],
  'node:fs': ['io/', 'runtime/bin.ts', 'runtime/bin-files.ts', 'build/'],
  'node:child_process': ['io/'],
  execa: ['io/'],
  /** Talk that does not pass the terminal's port. */
  console: ['build/'],
};
