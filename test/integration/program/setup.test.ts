import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { testNeeding } from '../../harness/runner/needs.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const setup = join(root, 'test/setup.sh');

/** Programs that come with every Debian system or with Node. */
const ALWAYS_THERE = ['bash', 'node', 'npm'];

async function listedPrograms(): Promise<string[]> {
  const { stdout } = await execa('bash', [setup, '--list']);
  return stdout.split('\n').map((line) => line.split(' ')[0] ?? '');
}

testNeeding({ programs: ['shellcheck'] }, 'the scripts of the test set-up are clean', async () => {
  await execa('shellcheck', [setup, join(root, '.ci/run')]);
});

test('--list tells programs, packages, what is there and why each is needed', async () => {
  const { stdout } = await execa('bash', [setup, '--list']);
  expect(stdout.split('\n')).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^psql +postgresql-client +(present|missing) +\S/),
      expect.stringMatching(/^pg_partman +postgresql-VERSION-partman +(present|missing) +\S/),
    ]),
  );
});

test('every program that a test needs is one that the set-up installs', async () => {
  const listed = [...(await listedPrograms()), ...ALWAYS_THERE];
  const needed = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('unit/harness/'))
    .map((file) => readFileSync(join(root, 'test', file), 'utf8'))
    .flatMap((text) => [...text.matchAll(/Needing\(\{[^}]*?programs: \[([^\]]*)\]/gs)])
    .flatMap(([, names]) => [...(names ?? '').matchAll(/'([^']+)'/g)].map(([, name]) => name ?? ''));
  expect(needed).toContain('shellcheck');
  expect([...new Set(needed)].filter((name) => !listed.includes(name))).toEqual([]);
});

test('an unknown option is refused and nothing is installed', async () => {
  const { exitCode, stderr, stdout } = await execa('bash', [setup, '--force'], { reject: false });
  expect([exitCode, stderr]).toEqual([2, 'usage: bash test/setup.sh [--list]']);
  expect(stdout).not.toContain('Installing');
});
