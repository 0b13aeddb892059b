import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildHelper } from '../../../src/build/helper.ts';
import { prepareDefaultSpec, prepareTemplates } from '../../../src/build/prepared.ts';
import { buildProgram } from '../../../src/build/program.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const folders: string[] = [];

function makeFolder(): string {
  const folder = makeTemporary('build');
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Builds into a folder with a random name and gives every file's contents. */
async function build(root: string): Promise<Record<string, string>> {
  const folder = makeFolder();
  mkdirSync(join(folder, 'prepared'));
  prepareTemplates(join(root, 'templates'), join(folder, 'prepared'));
  prepareDefaultSpec(join(folder, 'prepared'));
  await buildHelper(root, folder);
  await buildProgram(root, folder);
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(folder, name), 'utf8')]));
}

const HELPER = 'hotlookup-runtime.cjs';
const LICENSES = 'THIRD-PARTY-LICENSES.txt';

const holding = (files: Record<string, string>, words: string) =>
  Object.entries(files).flatMap(([name, text]) => (text.includes(words) ? [name] : []));

let built: Record<string, string> = {};
beforeAll(async () => {
  built = await build(project);
});

test('two builds give the same files, names and bytes', async () => {
  expect(Object.keys(built)).toContain(HELPER);
  expect(await build(project)).toEqual(built);
});

/** esbuild sees where a link leads, so the modules of packages lie outside this checkout. */
test('a checkout elsewhere, whose node_modules is a link, gives the same helper', async () => {
  const elsewhere = makeFolder();
  for (const name of ['src', 'templates', 'package.json', 'tsconfig.json'])
    cpSync(join(project, name), join(elsewhere, name), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(elsewhere, 'node_modules'));
  const there = await build(elsewhere);
  expect(there[HELPER]).toBe(built[HELPER]);
  expect(there[LICENSES]).toBe(built[LICENSES]);
  expect(holding(there, project)).toEqual([]);
});

test('no file holds a path of this machine', () => {
  expect(holding(built, project)).toEqual([]);
});
