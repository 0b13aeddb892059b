import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { watchPort } from '../support/faulty-port.ts';
import { copyFolder, hostIn, openFolder } from '../support/host-folder.ts';
import { brokenPaths, type HostState, stateOf, timeless } from '../support/host-state.ts';
import { arrange, carryOut, SCENARIOS } from '../support/install-scenarios.ts';
import { createScratch, type Scratch } from '../support/scratch.ts';

const program = fileURLToPath(new URL('../support/dying-install.ts', import.meta.url));
/** As many at a time as there are processors on a small machine. */
const LANES = 2;

let scratch: Scratch;
let bundle = '';
let tried = 0;
beforeAll(async () => {
  scratch = createScratch('hotlookup-deaths-');
  bundle = scratch.path('dying-install.mjs');
  await build({
    entryPoints: [program],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // The packages that a bundle has in it use require.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    absWorkingDir: fileURLToPath(new URL('../..', import.meta.url)),
  });
});
afterAll(() => {
  console.log(
    `${tried} times the installer was killed in place of a call that changes the host, and the next run completed it`,
  );
  scratch.dispose();
});

describe.each(Object.entries(SCENARIOS))('%s', (_, scenario) => {
  let start = '';
  let planFile = '';
  let before: HostState;
  let after: HostState;
  let changes = 0;

  beforeAll(async () => {
    start = scratch.path('start');
    before = stateOf(await arrange(start, scenario));
    const host = copyOfStart('whole');
    const port = openFolder(host);
    const watched = watchPort(port, ({ changes: isChange }) => {
      changes += isChange ? 1 : 0;
    });
    const plan = await scenario.plan(port);
    planFile = scratch.path('plan.json');
    writeFileSync(planFile, JSON.stringify({ isLive: scenario.isLive, plan }));
    await carryOut(watched, plan);
    after = stateOf(host);
  });

  function copyOfStart(copy: string) {
    copyFolder(start, scratch.path(copy));
    return hostIn(scratch.path(copy), scenario.isLive);
  }

  async function dieAt(change: number, lane: string): Promise<void> {
    const host = copyOfStart(lane);
    const run = promisify(execFile)(process.execPath, [bundle, scratch.path(lane), planFile, String(change)]);
    await expect(run, `change ${change}`).rejects.toMatchObject({ signal: 'SIGKILL' });
    const died = readFileSync(join(scratch.path(lane), 'died'), 'utf8');
    expect(brokenPaths(stateOf(host), before, after), `killed at change ${change}, ${died}`).toEqual([]);
    const port = openFolder(host);
    await carryOut(port, await scenario.plan(port));
    expect(timeless(stateOf(host)), `the run after a death at change ${change}, ${died}`).toEqual(timeless(after));
    expect((await scenario.plan(port)).steps).toEqual([]);
    tried += 1;
  }

  test('wherever it is killed, files are whole and the next run completes it', async () => {
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (let change = 1 + lane; change <= changes; change += LANES) await dieAt(change, `lane-${lane}`);
    });
    await Promise.all(lanes);
    expect(changes).toBeGreaterThan(0);
  });
});
