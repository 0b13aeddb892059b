import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** V8 leaves this option out when it compares a cache's options with its own: it is there so that caches can be reproduced. */
const SAME_HASHES = '--random-seed=1';

/** What runs depends on the environment, as the locale; of the build's own there is only what Node may need in order to start. */
const { LD_LIBRARY_PATH } = process.env;
const environment = LD_LIBRARY_PATH ? { LD_LIBRARY_PATH } : {};

/** Writes V8's code caches beside the program's files. The same Node gives the same bytes wherever it runs. */
export function writeCodeCaches(root: string, folder: string, program: string): void {
  const {
    outputFiles: [warmUp],
  } = buildSync({
    absWorkingDir: root,
    entryPoints: ['src/build/warm-up.ts'],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    write: false,
  });
  if (!warmUp) throw new Error('esbuild returned no file');
  const workplace = mkdtempSync(join(tmpdir(), 'hotlookup-build-'));
  try {
    // yargs looks for one in every folder above: how far it went is in the cache.
    writeFileSync(join(workplace, 'package.json'), '{}');
    const node = [SAME_HASHES, '-', folder, program];
    execFileSync(process.execPath, node, { cwd: workplace, env: environment, input: warmUp.contents, stdio: 'pipe' });
  } finally {
    rmSync(workplace, { recursive: true, force: true });
  }
}
