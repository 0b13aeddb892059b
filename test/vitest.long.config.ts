import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** What takes minutes, and so is no part of `npm test`: one file after the other, each with a bound of its own. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'long',
    include: ['test/long/**/*.test.ts'],
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    globalSetup: 'test/harness/postgres/global-setup.ts',
    // Progress is printed as it is made, not at the end of a test.
    disableConsoleIntercept: true,
    reporters: ['default', './test/harness/runner/reporter.ts'],
  },
});
