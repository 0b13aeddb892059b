import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { hostIn, openFolder } from '../../harness/install/host-folder.ts';
import { stateOf } from '../../harness/install/host-state.ts';
import { arrange, carryOut, SCENARIOS, type Scenario } from '../../harness/install/scenarios.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { createScratch, type Scratch } from '../../harness/runner/scratch.ts';

const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0;
const PAGE = 4;
const ROOMY = 4096;

let scratch: Scratch;
beforeAll(() => {
  scratch = createScratch('hotlookup-full-');
});
afterAll(() => scratch.dispose());

/** Gives `use` a folder that is a disk of its own, whose size in kB can be set as long as its contents fit. */
async function withDisk(use: (folder: string, resize: (size: number) => void) => Promise<void>): Promise<void> {
  const folder = scratch.path('disk');
  mkdirSync(folder);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${ROOMY}k,mode=755`, 'hotlookup-test', folder]);
  try {
    await use(folder, (size) => execFileSync('mount', ['-o', `remount,size=${size}k`, folder]));
  } finally {
    execFileSync('umount', [folder]);
    execFileSync('rmdir', [folder]);
  }
}

const usedOf = (folder: string): number =>
  Number(execFileSync('df', ['-k', '--output=used', folder], { encoding: 'utf8' }).split('\n')[1]);

/** Carries the scenario out with that much free space, in kB; undefined if it fits. */
async function failureWith(free: number, scenario: Scenario): Promise<string | undefined> {
  let failure: string | undefined;
  await withDisk(async (folder, resize) => {
    // `arrange` starts with an empty folder, and a mounted one cannot be removed.
    const host = await arrange(`${folder}/host`, scenario);
    const before = stateOf(host);
    // A size of 0 is no limit.
    resize(Math.max(usedOf(folder) + free, PAGE));
    const port = openFolder(hostIn(dirname(host.root), scenario.isLive));
    const thrown: unknown = await carryOut(port, await scenario.plan(port)).catch((error: unknown) => error);
    if (thrown === undefined) return;
    expect(thrown).toMatchObject({ exitCode: EXIT.rolledBack });
    expect(stateOf(host), `with ${free} kB free`).toEqual(before);
    failure = thrown instanceof Error ? thrown.message : String(thrown);
  });
  return failure;
}

describeNeeding(
  { root: true, programs: ['mount', 'umount', 'df'], others: mayMount ? [] : ['permission to mount'] },
  'a full disk',
  () => {
    test.each(['an install to an image', 'an upgrade of an image'])(
      '%s that does not fit leaves all as it was, wherever the space ends',
      async (name) => {
        const scenario = SCENARIOS[name];
        if (!scenario) throw new Error(`no scenario ${name}`);
        const failures: string[] = [];
        for (let free = 0; ; free += PAGE) {
          const failure = await failureWith(free, scenario);
          if (failure === undefined) break;
          expect(failure).toMatch(/^step .* failed: cannot \w+ .*: no space left\n.*all is as it was before$/);
          failures.push(failure);
        }
        console.log(`${name}: ${failures.length} sizes of free space that were too small, all rolled back`);
        expect(new Set(failures).size).toBeGreaterThan(3);
      },
    );
  },
);
