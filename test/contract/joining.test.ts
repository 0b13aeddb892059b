import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const WORKFLOW = '.github/workflows/ci.yml';
const workflow = parse(read(WORKFLOW));

const scriptsIn = (text: string) =>
  [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name ?? '').filter((name) => name !== '');

test('the workflow runs what .ci/run runs, in its order', () => {
  const [line = ''] = read('.ci/run')
    .split('\n')
    .filter((text) => text.startsWith('npm '));
  const runs = workflow.jobs.test.steps.flatMap(({ run }: { run?: string }) => (run === undefined ? [] : [run]));
  expect(runs).toEqual(line.split(' && '));
});

test('the workflow may read and no more, and runs on each supported Node.js', () => {
  expect(workflow.permissions).toEqual({ contents: 'read' });
  expect(workflow.jobs.test.permissions).toBeUndefined();
  const supported = [...packageJson.engines.node.matchAll(/[\^>=]+(\d+)\./g)].map(([, major]) => Number(major));
  expect(supported.length).toBeGreaterThan(1);
  expect(workflow.jobs.test.strategy.matrix.node).toEqual(expect.arrayContaining(supported));
});

test('every action is pinned by a commit, with its version beside it', () => {
  const uses = read(WORKFLOW)
    .split('\n')
    .filter((line) => line.includes('uses:'));
  expect(uses.length).toBeGreaterThan(0);
  for (const line of uses) expect(line).toMatch(/uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
});

test('new versions wait before they are proposed', () => {
  const { updates } = parse(read('.github/dependabot.yml'));
  expect(updates.map((one: { 'package-ecosystem': string }) => one['package-ecosystem'])).toEqual([
    'npm',
    'github-actions',
  ]);
  for (const { cooldown } of updates) expect(cooldown['default-days']).toBeGreaterThanOrEqual(7);
});

test('every form has a name, a description and fields with labels', () => {
  const forms = readdirSync(join(root, '.github/ISSUE_TEMPLATE')).filter((name) => name !== 'config.yml');
  expect(forms.length).toBeGreaterThan(0);
  for (const name of forms) {
    const form = parse(read(`.github/ISSUE_TEMPLATE/${name}`));
    expect(form, name).toMatchObject({ name: expect.any(String), description: expect.any(String) });
    for (const { type, attributes } of form.body)
      expect(type === 'markdown' ? attributes.value : attributes.label).toBeTruthy();
  }
});

test.each(['CONTRIBUTING.md', 'README.md'])('the npm scripts that %s names are there', (document) => {
  const named = scriptsIn(read(document));
  expect(named.length).toBeGreaterThan(0);
  expect(named.filter((name) => !Object.hasOwn(packageJson.scripts, name))).toEqual([]);
});

test('the paths that CONTRIBUTING.md names are there', () => {
  const named = [...read('CONTRIBUTING.md').matchAll(/`((?:src|test|templates)\/[\w./-]*)`/g)].map(
    ([, path]) => path ?? '',
  );
  expect(named.length).toBeGreaterThan(5);
  for (const path of named)
    expect(() => readdirSync(join(root, path.endsWith('/') ? path : join(path, '..'))), path).not.toThrow();
  for (const path of named.filter((one) => /\.\w+$/.test(one))) expect(read(path), path).not.toBe('');
});
