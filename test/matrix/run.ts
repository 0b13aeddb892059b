import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Outcome } from './outcome.ts';
import { outcomeOf } from './outcome.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = 'test/integration';

/** Every test file that works with the shared servers. */
function serverTests(): string[] {
  return readdirSync(join(ROOT, FOLDER), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(FOLDER, name))
    .filter((path) => readFileSync(join(ROOT, path), 'utf8').includes("inject('servers')"));
}

/** Runs these tests on the server of one npm package alone; their output is shown as it comes. */
export async function runTests(folder: string): Promise<Outcome> {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const { stdout, exitCode } = await execa(
    process.execPath,
    [vitest, 'run', '--config', 'test/vitest.config.ts', ...serverTests()],
    {
      cwd: ROOT,
      // With CI=true the tests of Debian's server would fail instead of being skipped: each of these runs leaves it out.
      env: { TEST_POSTGRES: folder, CI: '' },
      reject: false,
      stdout: ['inherit', 'pipe'],
      stderr: 'inherit',
    },
  );
  return outcomeOf(stdout, exitCode);
}
