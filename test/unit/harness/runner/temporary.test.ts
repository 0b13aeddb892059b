import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTemporary, removeStale } from '../../../harness/runner/temporary.ts';

test('what a process left behind goes once it is gone, and nothing else does', () => {
  const parent = makeTemporary('stale');
  try {
    const own = basename(makeTemporary('own', parent));
    const { pid: gone } = spawnSync(process.execPath, ['-e', '0']);
    for (const name of [`hotlookup-test-${gone}-pg-abc`, `other-${gone}-pg-abc`])
      mkdirSync(join(parent, name, 'data'), { recursive: true });
    removeStale(parent);
    expect(readdirSync(parent).sort()).toEqual([own, `other-${gone}-pg-abc`]);
  } finally {
    rmSync(parent, { recursive: true });
  }
});
