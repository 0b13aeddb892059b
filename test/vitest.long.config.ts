import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { chooseSeed } from './harness/runner/seed.ts';

// Workers inherit it; the last lines of a run name it.
chooseSeed();

/** What `npm test` tries at some of its points, or on one of the servers. */
const SAMPLED = [
  'install/apply-deaths',
  'install/apply-failures',
  'retention/concurrent',
  'retention/concurrent-locks',
  'jobs/ensure',
  'retention/foretold',
  'retention/grace-promise',
  'jobs/independence',
  'jobs/jobs',
  'retention/recover',
  'restore/backup',
  'restore/faults',
  'restore/refusals',
  'retention/retention',
];

/** What takes minutes, and so is no part of `npm test`: one file after the other, each with a bound of its own. */
export default defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    name: 'long',
    include: ['test/long/**/*.test.ts', `test/integration/{${SAMPLED.join()}}.test.ts`],
    env: { HOTLOOKUP_SAMPLE: 'all' },
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 120_000,
    globalSetup: 'test/harness/postgres/global-setup.ts',
    // Progress is printed as it is made, not at the end of a test.
    disableConsoleIntercept: true,
    reporters: ['default', './test/harness/runner/reporter.ts'],
  },
});
