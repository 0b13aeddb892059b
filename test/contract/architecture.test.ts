import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EFFECTS, PURE_MODULES, ROOMS, roomOf } from '../../src/build/import-table/table.ts';
import { readSources, type SourceFile } from './source-files.ts';

const files = await readSources();

/** Paths of the files for which something holds; the tests below want none. */
const filesWhere = (holds: (file: SourceFile) => boolean) => files.filter(holds).map(({ path }) => path);

const isAllowed = (effect: string, path: string) =>
  (EFFECTS[effect] ?? []).some((place) => (place.endsWith('/') ? path.startsWith(place) : path === place));

const importsBeyondTable = (file: SourceFile) => {
  const room = ROOMS[roomOf(file.path)];
  return file.imports
    .filter((name) => {
      const allowed = name.endsWith('.ts') ? room?.rooms : room?.packages;
      const wanted = name.endsWith('.ts') ? roomOf(name) : name;
      return wanted !== roomOf(file.path) && !allowed?.includes(wanted) && !PURE_MODULES.includes(name);
    })
    .map((name) => `src/${file.path} imports ${name}`);
};

test('every file lies in a room of the import table', () => {
  expect(filesWhere(({ path }) => !Object.hasOwn(ROOMS, roomOf(path)))).toEqual([]);
});

test('imports follow the table, types too', () => {
  expect(files.flatMap(importsBeyondTable)).toEqual([]);
});

test('the table is tight: what it allows is used', () => {
  const used = new Map(Object.keys(ROOMS).map((room) => [room, new Set<string>()]));
  for (const { path, imports } of files)
    for (const name of imports) used.get(roomOf(path))?.add(name.endsWith('.ts') ? roomOf(name) : name);
  const idle = Object.entries(ROOMS).flatMap(([room, { rooms, packages }]) =>
    [...rooms, ...packages].filter((name) => !used.get(room)?.has(name)).map((name) => `${room} never imports ${name}`),
  );
  expect(idle).toEqual([]);
});

test('every room has files', () => {
  const lived = new Set(files.map(({ path }) => roomOf(path)));
  expect(Object.keys(ROOMS).filter((room) => !lived.has(room))).toEqual([]);
});

test('the table points one way', () => {
  const reaches = (from: string, to: string, seen: readonly string[] = []): boolean =>
    (ROOMS[from]?.rooms ?? []).some(
      (next) => next === to || (!seen.includes(next) && reaches(next, to, [...seen, next])),
    );
  expect(Object.keys(ROOMS).filter((room) => reaches(room, room))).toEqual([]);
});

test.each(['node:fs', 'node:child_process', 'execa'])('%s is imported only where it may be', (name) => {
  expect(filesWhere(({ path, imports }) => imports.includes(name) && !isAllowed(name, path))).toEqual([]);
});

test('process is used only where it may be', () => {
  const uses = ({ code, imports }: SourceFile) => /\$process\b/.test(code) || imports.includes('node:process');
  expect(filesWhere((file) => uses(file) && !isAllowed('process', file.path))).toEqual([]);
});

test('the clock and random numbers are read only where they may be', () => {
  const reads = /\$Date\.now\b|new \$Date\(\)|(?<!new )\$Date\(|\$Math\.random\b/;
  expect(filesWhere(({ path, code }) => reads.test(code) && !isAllowed('clock', path))).toEqual([]);
});

test('nothing but the terminal port talks', () => {
  expect(filesWhere(({ path, code }) => /\$console\b/.test(code) && !isAllowed('console', path))).toEqual([]);
});

test('nothing ends the process: exit codes are returned', () => {
  expect(filesWhere(({ code }) => /\$process\.(?:exit|abort|kill|reallyExit)\b/.test(code))).toEqual([]);
});

test('files have at most 250 lines', () => {
  expect(filesWhere(({ lines }) => lines > 250)).toEqual([]);
});

test.each(['src', 'test'])('folders of %s have at most 25 files', (top) => {
  const folder = fileURLToPath(new URL(`../../${top}`, import.meta.url));
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const crowded = [...new Set(all.map(({ parentPath }) => parentPath))].filter(
    (parent) => !parent.includes('fixtures') && all.filter(({ parentPath }) => parentPath === parent).length > 25,
  );
  expect(all.length).toBeGreaterThan(100);
  expect(crowded).toEqual([]);
});

test("no file's name repeats its folder's", () => {
  expect(filesWhere(({ path }) => basename(path).startsWith(`${basename(dirname(path))}-`))).toEqual([]);
});

test('exports are named', () => {
  // Stands in for a package, whose export is a default one.
  const standIns = ['build/narrow-width.ts'];
  expect(filesWhere(({ path, exports }) => exports.includes('default') && !standIns.includes(path))).toEqual([]);
});

test('exports come from the file that makes them', () => {
  expect(filesWhere(({ reexports }) => reexports)).toEqual([]);
});

test('the only class is AppError', () => {
  const isClass = /\bclass\s+(?:\w+\s+)?(?:extends\s[^{]+)?\{/g;
  const classes = files.flatMap(({ path, code }) => (code.match(isClass) ?? []).map(() => path));
  expect(classes).toEqual(['errors.ts']);
});
