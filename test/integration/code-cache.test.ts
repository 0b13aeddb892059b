import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeTemporary } from '../harness/runner/temporary.ts';

const built = fileURLToPath(new URL('../../dist', import.meta.url));
const cachesIn = (folder: string) => readdirSync(folder).filter((name) => name.endsWith('.cache'));

let dist = '';

beforeEach(() => {
  dist = makeTemporary('code-cache');
  cpSync(built, dist, { recursive: true });
});

afterEach(() => rmSync(dist, { recursive: true }));

const schema = async () => (await execa(process.execPath, [join(dist, 'cli.cjs'), 'schema'])).stdout;

test('V8 takes every code cache that the build wrote', () => {
  const caches = cachesIn(dist);
  expect(caches).not.toEqual([]);
  const rejected = caches.filter((name) => {
    const source = readFileSync(join(dist, name.replace(`.${process.arch}.cache`, '.cjs')), 'utf8');
    return new Script(Module.wrap(source), { cachedData: readFileSync(join(dist, name)) }).cachedDataRejected;
  });
  expect(rejected).toEqual([]);
});

test('the program runs the same without code caches, as on another architecture', async () => {
  const withCaches = await schema();
  for (const name of cachesIn(dist)) rmSync(join(dist, name));
  expect(await schema()).toBe(withCaches);
});

test('the program runs the same with code caches that V8 rejects, as those of another version', async () => {
  const withCaches = await schema();
  for (const name of cachesIn(dist)) {
    const cache = readFileSync(join(dist, name));
    // After 4 bytes that say how V8 writes caches, 4 are a hash of its version.
    writeFileSync(join(dist, name), cache.fill(0, 4, 8));
  }
  expect(await schema()).toBe(withCaches);
});
