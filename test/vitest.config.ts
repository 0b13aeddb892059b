import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { chooseSeed } from './harness/runner/seed.ts';

// Workers inherit it; the last lines of a run name it.
chooseSeed();

const level = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    // One more than a small machine has processors: many tests wait for locks and time-outs.
    maxWorkers: 3,
    // Property tests take seconds where other work shares the machine.
    testTimeout: 30_000,
    reporters: ['default', './test/harness/runner/reporter.ts'],
    projects: [
      level('unit'),
      level('contract'),
      level('integration', {
        testTimeout: 60_000,
        hookTimeout: 60_000,
        globalSetup: 'test/harness/postgres/global-setup.ts',
      }),
      level('system', { testTimeout: 120_000, hookTimeout: 120_000 }),
    ],
  },
});
