import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { listTree } from '../../harness/install/listing.ts';
import { createTarget, type Target } from '../../harness/install/target.ts';

const CLI = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));

let target: Target;
beforeEach(() => {
  target = createTarget();
});
afterEach(() => target.dispose());

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s during a check ends the check and leaves nothing behind', async (signal, exitCode) => {
  const image = join(target.root, 'image');
  const temporary = join(target.root, 'temporary');
  for (const folder of [image, temporary]) mkdirSync(folder);
  const asked = join(target.root, 'asked');
  target.put('/path/systemd-analyze', `#!/bin/sh\n: >'${asked}'\nexec sleep 60\n`, 0o755);
  const before = listTree(image);
  const running = execa(process.execPath, [CLI, 'install', '--root', image], {
    env: { PATH: `${target.root}/path:${process.env['PATH']}`, TMPDIR: temporary },
    reject: false,
  });
  await vi.waitFor(() => expect(existsSync(asked)).toBe(true), { timeout: 20_000 });
  expect(readdirSync(temporary)).toHaveLength(1);
  running.kill(signal);
  expect(await running).toMatchObject({ exitCode, stderr: expect.stringContaining(`stopped by ${signal}`) });
  expect(readdirSync(temporary)).toEqual([]);
  expect(listTree(image)).toEqual(before);
});
