import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { chooseSeed } from './harness/runner/seed.ts';

// Workers inherit it; the last lines of a run name it.
chooseSeed();

/** What needs no more than a minute: the logic, the contracts, and one smoke test from the spec to rows in a real server. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    maxWorkers: 2,
    testTimeout: 30_000,
    reporters: ['default', './test/harness/runner/reporter.ts'],
    projects: [
      { extends: true, test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      { extends: true, test: { name: 'contract', include: ['test/contract/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'smoke',
          include: ['test/integration/program/smoke.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          globalSetup: 'test/harness/postgres/global-setup.ts',
        },
      },
    ],
  },
});
