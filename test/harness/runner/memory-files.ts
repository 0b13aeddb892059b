import { createFsFromVolume, Volume } from 'memfs';
import { createFiles, type FileSystem } from '../../../src/io/files.ts';
import type { Files } from '../../../src/world.ts';

export type MemoryFiles = Files & {
  /** The volume beneath, for what the port cannot do: links, damage, a look at the raw bytes. */
  readonly volume: InstanceType<typeof Volume>;
};

/** The real file port on a file system in memory; the files given lie in it, folders are made for them. */
export function memoryFiles(contents: Readonly<Record<string, string>> = {}): MemoryFiles {
  const volume = Volume.fromJSON({ '/tmp/.keep': '', ...contents });
  // memfs types its functions a little wider than node:fs; at run time they are the same.
  const fs = createFsFromVolume(volume) as unknown as FileSystem;
  return { ...createFiles(fs, '/tmp'), volume };
}
