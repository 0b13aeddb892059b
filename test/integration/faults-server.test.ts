import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { boundariesOf, edgesOf, type Point } from '../harness/faults/points.ts';
import { createStage, type Stage } from '../harness/faults/stage.ts';
import { sweepServer } from '../harness/faults/sweep.ts';

/** One server will do here; test/long has every server, and every statement of a message. */
const [server] = inject('servers');

let stage: Stage;
let struck = 0;
beforeAll(async () => {
  if (!server) throw new Error('there is no server');
  stage = await createStage(server);
});
afterAll(async () => {
  console.log(
    `${struck} fault points: the server was killed or restarted there, and the next run came to the same end`,
  );
  await stage?.cluster.dispose();
});

/** At every third place between two messages the server is killed or restarted, in turn. Both everywhere: test/long. */
const everySixth = (first: number) => (points: readonly Point[]) =>
  boundariesOf(edgesOf(points)).filter((_, index) => index % 6 === first);

test.each([
  ['killed', 'crash', 0],
  ['restarted', 'restart', 3],
] as const)('a server that is %s between two messages', { timeout: 600_000 }, async (_, fault, first) => {
  const found = await sweepServer(stage.cluster, [...stage.stalls, ...stage.targets(everySixth(first))], fault);
  expect(found.wrong).toEqual([]);
  struck += found.struck;
});
