import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { boundariesOf, edgesOf } from '../harness/faults/points.ts';
import { SCENARIOS } from '../harness/faults/scenarios.ts';
import { createStage, type Stage } from '../harness/faults/stage.ts';
import { type LoneFault, sweep } from '../harness/faults/sweep.ts';
import type { Target } from '../harness/faults/victim.ts';

/** One server will do here, and messages as a whole; test/long has every server, and every statement of a message. */
const [server] = inject('servers');

let stage: Stage;
let struck = 0;
beforeAll(async () => {
  if (!server) throw new Error('there is no server');
  stage = await createStage(server);
});
afterAll(async () => {
  console.log(`${struck} fault points: a run was cut off or killed there, and the next one came to the same end`);
  await stage?.cluster.dispose();
});

const allThatIsWrong = async (targets: readonly Target[], fault: LoneFault) => {
  const found = await sweep(targets, fault);
  struck += found.struck;
  return found.wrong;
};

describe.each(Object.keys(SCENARIOS))('%s', (scenario) => {
  test('a connection that is cut before and after each message', { timeout: 600_000 }, async () => {
    expect(await allThatIsWrong(stage.targets(edgesOf, scenario), 'cut')).toEqual([]);
  });

  test('a helper that is killed between two messages', { timeout: 600_000 }, async () => {
    const boundaries = stage.targets((points) => boundariesOf(edgesOf(points)), scenario);
    expect(await allThatIsWrong(boundaries, 'kill')).toEqual([]);
  });
});

test.each(['cut', 'kill'] as const)('a statement that waits, and a %s', { timeout: 600_000 }, async (fault) => {
  expect(await allThatIsWrong(stage.stalls, fault)).toEqual([]);
});
