import * as fs from 'node:fs';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AppError, EXIT } from '../../../src/errors.ts';
import { createFiles } from '../../../src/io/files.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const files = createFiles(fs, tmpdir());
const mode = (path: string) => statSync(path).mode & 0o777;
let folder: string;
let umask: number;

beforeEach(() => {
  folder = makeTemporary('files');
  umask = process.umask();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('writes exact modes, over a file that is there too', () => {
  const path = join(folder, 'a');
  for (const wanted of [0o755, 0o600, 0o644]) {
    files.write(path, `${wanted}`, wanted);
    expect(mode(path)).toBe(wanted);
    expect(readFileSync(path, 'utf8')).toBe(`${wanted}`);
  }
  expect(process.umask()).toBe(umask);
  expect(readdirSync(folder)).toEqual(['a']);
});

test('replaces what a killed run left behind, without following a link', () => {
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(folder, '.a.hotlookup-draft'));
  files.write(join(folder, 'a'), 'new', 0o644);
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(readdirSync(folder).sort()).toEqual(['a', 'victim']);
});

test('replaces a link, not the file that it leads to', () => {
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(folder, 'a'));
  files.write(join(folder, 'a'), 'new', 0o644);
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(files.status(join(folder, 'a'))?.type).toBe('file');
});

test('makes missing folders 0755 and leaves the others as they are', () => {
  mkdirSync(join(folder, 'own'), { mode: 0o700 });
  files.makeDirectory(join(folder, 'own/a/b'));
  expect(['own', 'own/a', 'own/a/b'].map((path) => mode(join(folder, path)))).toEqual([0o700, 0o755, 0o755]);
});

test('makes folders below a relative path', () => {
  const before = process.cwd();
  process.chdir(folder);
  try {
    files.makeDirectory('a/b');
  } finally {
    process.chdir(before);
  }
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['a', 'a/b']);
});

test('says what is there, and nothing for what is not', () => {
  files.write(join(folder, 'b'), 'text', 0o600);
  files.write(join(folder, 'a'), 'text', 0o644);
  expect(files.list(folder)).toEqual(['a', 'b']);
  expect(files.status(join(folder, 'b'))).toEqual({ type: 'file', mode: 0o600 });
  expect(files.status(folder)?.type).toBe('directory');
  expect(files.read(join(folder, 'a'))?.toString()).toBe('text');
  expect(files.list(join(folder, 'none'))).toEqual([]);
  expect(files.read(join(folder, 'none'))).toBeUndefined();
  expect(files.status(join(folder, 'none'))).toBeUndefined();
});

test('removes empty folders only', () => {
  files.makeDirectory(join(folder, 'a/b'));
  expect(files.removeEmptyDirectory(join(folder, 'a'))).toBe(false);
  expect(files.removeEmptyDirectory(join(folder, 'a/b'))).toBe(true);
  expect(files.removeEmptyDirectory(join(folder, 'a'))).toBe(true);
});

test('what the system refuses is an error with exit code 5 that names the path and the reason', () => {
  const path = join(folder, 'a');
  files.write(path, 'text', 0o644);
  const refused = (act: () => unknown) => {
    try {
      act();
    } catch (error) {
      return error instanceof AppError ? [error.exitCode, error.message] : error;
    }
    return 'nothing was refused';
  };
  expect(refused(() => files.list(path))).toEqual([
    EXIT.missing,
    `cannot list ${path}: a part of the path is not a folder`,
  ]);
  expect(refused(() => files.read(folder))).toEqual([EXIT.missing, `cannot read ${folder}: it is a folder`]);
});
