import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { createHostPort } from '../../../src/io/host-port.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

let root = '';
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'hotlookup-lock-')));
});
afterEach(() => rmSync(root, { recursive: true }));

const HOLDER = `
  import { createHostPort } from '${new URL('../../../src/io/host-port.ts', import.meta.url).href}';
  const port = await createHostPort(process.argv[1]);
  await port.locked(async () => {
    console.log('locked');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  });
`;

describeNeeding({ programs: ['flock'] }, 'the lock of a root', () => {
  test('the second at once is told so, and the lock leaves nothing behind', async () => {
    const [first, second] = [await createHostPort(root), await createHostPort(`${root}/.`)];
    await first.locked(async () => {
      await expect(second.locked(async () => 'done')).rejects.toMatchObject({ exitCode: EXIT.locked });
    });
    await expect(second.locked(async () => 'done')).resolves.toBe('done');
    expect(readdirSync(root)).toEqual([]);
  });

  test('a failure inside releases it', async () => {
    const port = await createHostPort(root);
    await expect(port.locked(() => Promise.reject(new Error('inside')))).rejects.toThrow('inside');
    await expect(port.locked(async () => 'done')).resolves.toBe('done');
  });

  test('a process that is killed releases it', async () => {
    const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', HOLDER, root], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      const port = await createHostPort(root);
      await expect(port.locked(async () => 'done')).rejects.toMatchObject({ exitCode: EXIT.locked });
      holder.kill('SIGKILL');
      await once(holder, 'exit');
      await expect(port.locked(async () => 'done')).resolves.toBe('done');
    } finally {
      holder.kill('SIGKILL');
    }
  });
});

test('a folder that is not there cannot be opened', async () => {
  await expect(createHostPort(join(root, 'none'))).rejects.toMatchObject({ exitCode: EXIT.usage });
});

test('a folder has no systemd', async () => {
  expect((await createHostPort(root)).systemd).toBeUndefined();
});
