import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { buildCli, buildRuntime } from '../../src/build/bundles.ts';
import { prepareDefaultSpec, prepareTemplates } from '../../src/build/prepared.ts';
import { makeTemporary } from '../harness/runner/temporary.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Builds into a folder with a random name and gives every file's contents. */
async function build(): Promise<Record<string, string>> {
  const folder = makeTemporary('build');
  folders.push(folder);
  mkdirSync(join(folder, 'prepared'));
  prepareTemplates(join(root, 'templates'), join(folder, 'prepared'));
  prepareDefaultSpec(join(folder, 'prepared'));
  await buildRuntime(root, folder);
  await buildCli(root, folder);
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('two builds give the same files, names and bytes', async () => {
  const [first, second] = [await build(), await build()];
  expect(Object.keys(first)).toContain('hotlookup-runtime.cjs');
  expect(Object.keys(second)).toEqual(Object.keys(first));
  expect(second).toEqual(first);
});
