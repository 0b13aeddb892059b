import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { unmetNeeds } from '../../../harness/runner/needs.ts';
import { makeTemporary } from '../../../harness/runner/temporary.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

const FIXTURE = `
import { describeNeeding, testNeeding } from '${root}test/harness/runner/needs.ts';

describeNeeding({ programs: ['no-such-program'] }, 'a group', () => {
  beforeAll(() => expect.unreachable('the group must not start'));
  test('one', () => {});
  test('two', () => {});
});
testNeeding({ others: ['a full moon'] }, 'a single test', () => {});
describeNeeding({ programs: ['node'] }, 'a group that can run', () => {
  test('passes', () => {});
  test('fails', () => expect(1).toBe(2));
});
test('skips itself', ({ skip }) => skip('it is the wrong day'));
`;

/** Runs vitest on the fixture, with only the closing reporter. */
async function runFixture(folder: string, environment: Record<string, string>): Promise<string> {
  const { all } = await execa(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', folder, '--config', 'vitest.config.mjs'],
    { all: true, reject: false, cwd: folder, env: environment },
  );
  return all;
}

describe('a test file with needs that this machine does not meet', () => {
  let folder = '';

  beforeAll(() => {
    folder = makeTemporary('needs');
    writeFileSync(join(folder, 'needs.fixture.mjs'), FIXTURE);
    writeFileSync(
      join(folder, 'vitest.config.mjs'),
      // Globals, because the fixture is too far away to import vitest.
      `export default { test: { globals: true, include: ['*.fixture.mjs'], reporters: ['${root}test/harness/runner/reporter.ts'] } };`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('what cannot run is listed with its reason, and the last line has the totals', async () => {
    const output = await runFixture(folder, { CI: '' });
    expect(output).toContain('needs.fixture.mjs > a group (2 tests): needs no-such-program: run `npm run test:setup`');
    expect(output).toContain('needs.fixture.mjs > a single test (1 test): needs a full moon');
    expect(output).toContain('needs.fixture.mjs > skips itself (1 test): it is the wrong day');
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 1 failed, 4 skipped');
  });

  test('with CI=true it fails', async () => {
    const output = await runFixture(folder, { CI: 'true' });
    expect(output.trimEnd().split('\n').at(-1)).toBe('1 passed, 3 failed, 1 skipped');
  });
});

test('unmet needs are told together, met ones are not told', () => {
  expect(unmetNeeds({ programs: ['node'] })).toBeUndefined();
  expect(unmetNeeds({ programs: ['node', 'no-such-program'], others: ['a full moon'] })).toBe(
    'needs no-such-program: run `npm run test:setup`; needs a full moon',
  );
});

afterEach(() => {
  vi.unstubAllEnvs();
});

test('an extension is one of the server from Debian, which a run may leave out', () => {
  expect(unmetNeeds({ extension: 'no_such_extension' })).toBe(
    'needs no_such_extension for the PostgreSQL server from Debian: run `npm run test:setup`',
  );
  vi.stubEnv('TEST_POSTGRES', '/somewhere');
  const leftOut = 'for the PostgreSQL server from Debian: TEST_POSTGRES leaves that out';
  expect(unmetNeeds({ extension: 'pg_cron' })).toBe(`needs pg_cron ${leftOut}`);
  expect(unmetNeeds({ debianServer: true })).toBe(
    'needs a PostgreSQL server from Debian: TEST_POSTGRES leaves that out',
  );
});
