import { readFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { unless } from './refusal.ts';

type Wrapper = (
  exports: unknown,
  require: (name: string) => unknown,
  module: { exports: unknown },
  filename: string,
  dirname: string,
) => void;

/** A file of a bundle that was loaded. */
type Chunk = { readonly script: Script; readonly module: { exports: unknown } };

/** A bundle whose files lie in one folder and call each other `./NAME`. */
export type Bundle = {
  /** By name. */
  readonly chunks: ReadonlyMap<string, Chunk>;
  /** What the file of that name exports. */
  load(name: string): unknown;
};

/** The file of V8's code cache for a chunk. V8 itself rejects that of another version, but does not look at the architecture. */
export const cacheFile = (folder: string, name: string): string =>
  join(folder, name.replace(/\.cjs$/, `.${process.arch}.cache`));

/** Stack traces call the chunk by its name: that is in the cache, and the folder was another one at the build. */
function compile(folder: string, name: string): Script {
  const cachedData = unless('ENOENT', () => readFileSync(cacheFile(folder, name)));
  const source = Module.wrap(readFileSync(join(folder, name), 'utf8'));
  return new Script(source, { filename: name, ...(cachedData && { cachedData }) });
}

/**
 * Stands in for Node's `require`, which knows no code cache before Node 22, and then only one that it writes while the program runs.
 * What the build has compiled saves a third of the start-up. Where V8 rejects that, as another version's, it compiles anew.
 */
export function openBundle(folder: string): Bundle {
  const chunks = new Map<string, Chunk>();
  const requireOther = createRequire(join(folder, 'bundle'));
  const require = (name: string) => (name.startsWith('./') ? load(name) : requireOther(name));
  function load(name: string): unknown {
    const known = chunks.get(name);
    if (known) return known.module.exports;
    const chunk = { script: compile(folder, name), module: { exports: {} } };
    chunks.set(name, chunk);
    const run: Wrapper = chunk.script.runInThisContext();
    run(chunk.module.exports, require, chunk.module, join(folder, name), folder);
    return chunk.module.exports;
  }
  return { chunks, load };
}
