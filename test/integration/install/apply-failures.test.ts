import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { watchPort } from '../../harness/install/faulty-port.ts';
import { copyFolder, hostIn, openFolder } from '../../harness/install/host-folder.ts';
import { type HostState, stateOf } from '../../harness/install/host-state.ts';
import { arrange, carryOut, SCENARIOS } from '../../harness/install/scenarios.ts';
import { sampled } from '../../harness/runner/sample.ts';
import { createScratch, type Scratch } from '../../harness/runner/scratch.ts';

const FAILURE = 'EIO: made to fail';

let scratch: Scratch;
let tried = 0;
beforeAll(() => {
  scratch = createScratch('hotlookup-failures-');
});
afterAll(() => {
  console.log(`${tried} calls of the installer's port made to fail, all rolled back`);
  scratch.dispose();
});

describe.each(Object.entries(SCENARIOS))('%s', (name, scenario) => {
  let start = '';
  let before: HostState;
  let calls = 0;

  beforeAll(async () => {
    start = scratch.path('start');
    before = stateOf(await arrange(start, scenario));
    const host = freshHost();
    const port = openFolder(host);
    const plan = await scenario.plan(port);
    await carryOut(
      watchPort(port, ({ number }) => {
        calls = number;
      }),
      plan,
    );
    expect(plan.steps).not.toEqual([]);
    expect((await scenario.plan(port)).steps).toEqual([]);
  });

  /** Numbers of calls. */
  const some = (oneOf: number) =>
    sampled(
      Array.from({ length: calls }, (_, index) => index + 1),
      { name: `${name}, ${oneOf}`, oneOf, atLeast: 5 },
    );

  function freshHost() {
    const folder = scratch.path('host');
    copyFolder(start, folder);
    return hostIn(folder, scenario.isLive);
  }

  /** Carries the scenario out with calls that fail, and gives what is thrown. */
  async function failing(fails: (number: number) => boolean) {
    const host = freshHost();
    const port = openFolder(host);
    const plan = await scenario.plan(port);
    let failed = 0;
    const faulty = watchPort(port, ({ number }) => {
      if (!fails(number)) return;
      failed += 1;
      throw Object.assign(new Error(FAILURE), { code: 'EIO' });
    });
    const thrown: unknown = await carryOut(faulty, plan).catch((error: unknown) => error);
    return { host, thrown, failed };
  }

  test('whichever call fails, all is as before', async () => {
    for (const call of some(4)) {
      const { host, thrown, failed } = await failing((number) => number === call);
      expect(failed, `call ${call} was to fail`).toBe(1);
      expect(thrown, `call ${call}`).toMatchObject({
        exitCode: EXIT.rolledBack,
        message: expect.stringMatching(/failed: EIO: made to fail\n.*all is as it was before$/),
      });
      expect(stateOf(host), `after call ${call} failed`).toEqual(before);
      tried += 1;
    }
  });

  test('from whichever call on nothing works, the message says what could not be undone', async () => {
    for (const call of some(21)) {
      const { host, thrown } = await failing((number) => number >= call);
      const isUntouched = JSON.stringify(stateOf(host)) === JSON.stringify(before);
      expect(thrown).toMatchObject({ exitCode: EXIT.rolledBack });
      if (!isUntouched) expect(thrown).toMatchObject({ message: expect.stringContaining('could not be undone:\n  ') });
    }
  });
});
