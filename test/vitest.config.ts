import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const level = (name: string, extra: object = {}) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], ...extra },
});

export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    maxWorkers: 2,
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
