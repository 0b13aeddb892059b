import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { boundariesOf, edgesOf } from '../../harness/faults/points.ts';
import { SCENARIO_NAMES } from '../../harness/faults/scenarios.ts';
import { createStage, type Stage } from '../../harness/faults/stage.ts';
import { type LoneFault, sweep } from '../../harness/faults/sweep.ts';
import type { Target } from '../../harness/faults/victim.ts';
import { sampled } from '../../harness/runner/sample.ts';

/** One server will do here, and some of the messages, as a whole; test/long has every server, and every statement of every message. */
const ONE_OF = 6;
/** A run of the shortest scenario sends so many messages at least. */
const FEWEST_POINTS = 4;

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

const allThatIsWrong = async (name: string, targets: readonly Target[], fault: LoneFault) => {
  const found = await sweep(
    sampled(targets, { name: `${name}, ${fault}`, oneOf: ONE_OF, atLeast: FEWEST_POINTS }),
    fault,
  );
  struck += found.struck;
  return found.wrong;
};

describe.each(SCENARIO_NAMES)('%s', (scenario) => {
  test('a connection that is cut before and after each message', { timeout: 600_000 }, async () => {
    expect(await allThatIsWrong(scenario, stage.targets(edgesOf, scenario), 'cut')).toEqual([]);
  });

  test('a helper that is killed between two messages', { timeout: 600_000 }, async () => {
    const boundaries = stage.targets((points) => boundariesOf(edgesOf(points)), scenario);
    expect(await allThatIsWrong(scenario, boundaries, 'kill')).toEqual([]);
  });
});

test.each(['cut', 'kill'] as const)('a statement that waits, and a %s', { timeout: 600_000 }, async (fault) => {
  expect((await sweep(stage.stalls, fault)).wrong).toEqual([]);
});
