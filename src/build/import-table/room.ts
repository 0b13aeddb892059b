/**
 * What a room of `src/` may import, beside itself and what every room may. A room is a folder with all below it that is no room of its
 * own, or a file: one beside the folders, or one in a folder that more rooms may import than the folder.
 */
export type Room = {
  readonly purpose: string;
  /** Other rooms. */
  readonly rooms: readonly string[];
  /** Packages, prepared files and modules of Node that reach outside the process. */
  readonly packages: readonly string[];
};
