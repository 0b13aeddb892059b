import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HELPER } from '../../harness/jobs/helper.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const helper = readFileSync(HELPER, 'utf8');

/** The helper's parts in their order, from each one's heading on. */
const [head = '', licences = '', libraries = '', own = ''] = helper.split(
  /^\/\/ =+\n(?=\/\/ (?:Licences|Libraries|hotlookup))/m,
);

const lockedVersion = (name: string): string =>
  JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')).packages[`node_modules/${name}`].version;

/** Bytes a line; minified code has hundreds. */
const lineLength = (code: string): number => code.length / code.split('\n').length;

let folder = '';
beforeAll(() => {
  folder = makeTemporary('shipped');
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the package holds texts that a person can read, and no code cache', async () => {
  const { stdout } = await execa('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: project });
  const [packed]: [{ files: { path: string }[] }] = JSON.parse(stdout);
  const paths = packed.files.map(({ path }) => path);
  expect(paths).toContain('dist/cli.cjs');
  expect(
    paths.filter((path) => !/^(?:dist\/[^/]+\.(?:cjs|json|txt)|LICENSE|package\.json|\w+\.md)$/.test(path)),
  ).toEqual([]);
  const codes = paths
    .filter((path) => path.endsWith('.cjs'))
    .map((path) => [path, readFileSync(join(project, path), 'utf8')]);
  expect(codes.filter(([, code = '']) => code.includes('\0') || lineLength(code) > 80).map(([path]) => path)).toEqual(
    [],
  );
});

test('the helper names the libraries in it with their versions, apart from its own modules', () => {
  const named = [...(libraries.split(/^\/\/ =/m)[0] ?? '').matchAll(/^\/\/ (\S+) (\d\S*)$/gm)];
  const packages = named.map(([, name = '', version]) => ({ name, version }));
  expect(packages.map(({ name }) => name)).toContain('pg');
  expect(packages).toEqual(packages.map(({ name }) => ({ name, version: lockedVersion(name) })));
  for (const { name, version } of packages) {
    expect(licences).toContain(`\n${name} ${version} (`);
    expect(libraries).toContain(`\n// ${name} ${version}:`);
    expect(own).not.toContain(`// ${name} ${version}:`);
  }
  expect(head + licences + libraries).not.toMatch(/^\/\/ src\//m);
});

/** A comment at the top level, with what the line behind it defines. */
const COMMENTED = /^(\/\*\*\s(?:(?!\*\/)[\s\S])*\*\/\n)(?:export )?(?:async )?(function|type|interface) (\w+)/gm;

test("the helper's own modules lie below their paths, with the names and comments of the source", () => {
  const paths = [...new Set([...own.matchAll(/^\/\/ (src\/\S+)$/gm)].map(([, path = '']) => path))];
  expect(paths).toContain('src/runtime/main.ts');
  const sources = paths.map((path) => readFileSync(join(project, path), 'utf8'));
  const commented = sources.flatMap((source) => [...source.matchAll(COMMENTED)]);
  const definitions = commented.map(([, comment = '', kind, name = '']) => ({
    comment,
    isFunction: kind === 'function',
    name,
  }));
  const functions = definitions.filter(({ isFunction }) => isFunction);
  expect(functions.length).toBeGreaterThan(50);
  // What is not called by this verb or that is not in the bundle.
  const bundled = functions.filter(({ name }) => new RegExp(`function ${name}\\(`).test(own));
  expect(bundled.length).toBeGreaterThan(functions.length * 0.8);
  expect(bundled.filter(({ comment }) => !own.includes(comment)).map(({ name }) => name)).toEqual([]);
  // A type's comment goes with it, lest it stand at what comes next.
  const types = definitions.filter(({ isFunction }) => !isFunction);
  expect(types.length).toBeGreaterThan(20);
  expect(types.filter(({ comment }) => own.includes(comment)).map(({ name }) => name)).toEqual([]);
});

test('the stack of an internal error names functions and the line of each', async () => {
  const breakage = join(folder, 'breakage.cjs');
  writeFileSync(breakage, "performance.now = () => { throw new Error('broken clock'); };\n");
  const options = ['--set', 'x', '--table', 'a.b', '--ensure-function', 'a.c', '--months-ahead', '1'];
  const more = ['--environment-file', '/nonexistent', '--connect-timeout', '1s', '--lock-timeout', '50ms'];
  const last = ['--lock-wait', '1s', '--detach-timeout', '1s', '--strategy', 'auto', '--grace-days', '0'];
  const { exitCode, stderr } = await execa(
    process.execPath,
    ['--require', breakage, HELPER, ...options, ...more, ...last, '--max-drop-share', '50', '--', 'ensure'],
    { env: { PG_DSN: 'Host=127.0.0.1' }, extendEnv: false, reject: false },
  );
  expect(exitCode).toBe(70);
  const frames = [...stderr.matchAll(/ at (?:async )?(\S+) \((.*):(\d+):\d+\)$/gm)].filter(
    ([, , file]) => file === HELPER,
  );
  expect(frames.map(([, name]) => name)).toContain('main');
  const lines = helper.split('\n');
  const atMain = frames.find(([, name]) => name === 'main')?.[3];
  // Upwards from the frame's line, the first path is that of the function's module.
  const above = lines.slice(0, Number(atMain)).findLast((line) => line.startsWith('// src/'));
  expect(above).toBe('// src/runtime/main.ts');
});
