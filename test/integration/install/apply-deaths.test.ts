import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { type PortCall, watchPort } from '../../harness/install/faulty-port.ts';
import { copyFolder, type HostFolder, hostIn, openFolder } from '../../harness/install/host-folder.ts';
import { brokenPaths, type HostState, stateOf, timeless } from '../../harness/install/host-state.ts';
import { arrange, carryOut, SCENARIOS } from '../../harness/install/scenarios.ts';
import { sampled } from '../../harness/runner/sample.ts';
import { createScratch, type Scratch } from '../../harness/runner/scratch.ts';

const program = fileURLToPath(new URL('../../harness/install/dying.ts', import.meta.url));
/** As many at a time as there are processors on a small machine. */
const LANES = 2;
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

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
    absWorkingDir: fileURLToPath(new URL('../../..', import.meta.url)),
  });
});
afterAll(() => {
  console.log(
    `${tried} times the installer was killed in place of a call that changes the host, and the next run completed it`,
  );
  scratch.dispose();
});

describe.each(Object.entries(SCENARIOS))('%s', (name, scenario) => {
  let start = '';
  let planFile = '';
  let before: HostState;
  let after: HostState;
  let calls: PortCall[] = [];

  beforeAll(async () => {
    start = scratch.path('start');
    before = stateOf(await arrange(start, scenario));
    const host = copyOfStart('whole');
    const plan = await scenario.plan(openFolder(host));
    planFile = scratch.path('plan.json');
    writeFileSync(planFile, JSON.stringify({ isLive: scenario.isLive, plan }));
    calls = await callsOf(host);
    after = stateOf(host);
  });

  /** The calls that carry the scenario out, and if one of them is made to fail, also those that undo it. */
  async function callsOf(host: HostFolder, failing = 0): Promise<PortCall[]> {
    const seen: PortCall[] = [];
    const port = openFolder(host);
    const watched = watchPort(port, (call) => {
      seen.push(call);
      if (call.number === failing) throw new Error('made to fail');
    });
    const run = carryOut(watched, await scenario.plan(port));
    await (failing > 0 ? expect(run).rejects.toMatchObject({ exitCode: EXIT.rolledBack }) : run);
    return seen;
  }

  const changesIn = (seen: readonly PortCall[]) => seen.filter(({ changes }) => changes).length;

  function copyOfStart(copy: string) {
    copyFolder(start, scratch.path(copy));
    return hostIn(scratch.path(copy), scenario.isLive);
  }

  async function dieAt(change: number, failing: number, lane: string): Promise<void> {
    const host = copyOfStart(lane);
    const args = [scratch.path(lane), planFile, String(change), String(failing)];
    const run = promisify(execFile)(process.execPath, [bundle, ...args]);
    await expect(run, `change ${change}`).rejects.toMatchObject({ signal: 'SIGKILL' });
    const died = `killed at change ${change}, ${readFileSync(join(scratch.path(lane), 'died'), 'utf8')}`;
    expect(brokenPaths(stateOf(host), before, after), died).toEqual([]);
    const port = openFolder(host);
    await carryOut(port, await scenario.plan(port));
    expect(timeless(stateOf(host)), `the run after it was ${died}`).toEqual(timeless(after));
    expect((await scenario.plan(port)).steps).toEqual([]);
    tried += 1;
  }

  async function dieAtSome(all: readonly number[], oneOf: number, failing = 0): Promise<void> {
    const numbers = sampled(all, { name: `${name}, ${failing}`, oneOf, atLeast: 2 });
    const lanes = Array.from({ length: LANES }, async (_, lane) => {
      for (const change of numbers.filter((_, index) => index % LANES === lane))
        await dieAt(change, failing, `lane-${lane}`);
    });
    await Promise.all(lanes);
  }

  test('wherever it is killed, files are whole and the next run completes it', async () => {
    await dieAtSome(range(1, changesIn(calls)), 4);
  });

  test('wherever it is killed while it undoes, the same', async () => {
    const failing = calls.findLast(({ name }) => name === 'rename' || name === 'control')?.number ?? 0;
    const undone = await callsOf(copyOfStart('undone'), failing);
    await dieAtSome(range(changesIn(undone.slice(0, failing)) + 1, changesIn(undone)), 12, failing);
  });
});
