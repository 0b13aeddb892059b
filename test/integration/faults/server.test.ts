import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { boundariesOf, edgesOf } from '../../harness/faults/points.ts';
import type { ServerFault } from '../../harness/faults/server-fault.ts';
import { createStage, type Stage } from '../../harness/faults/stage.ts';
import { sweepServer } from '../../harness/faults/sweep.ts';
import type { Target } from '../../harness/faults/victim.ts';
import { sampled } from '../../harness/runner/sample.ts';

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

/** At some places between two messages the server is killed, at some it is restarted. Both everywhere: test/long. */
const some = (targets: readonly Target[], fault: ServerFault) =>
  sampled(targets, { name: `server, ${fault}`, oneOf: 12, atLeast: 100 });

test.each([
  ['killed', 'crash'],
  ['restarted', 'restart'],
] as const)('a server that is %s between two messages', { timeout: 600_000 }, async (_, fault) => {
  const boundaries = stage.targets((points) => boundariesOf(edgesOf(points)));
  const found = await sweepServer(stage.cluster, [...stage.stalls, ...some(boundaries, fault)], fault);
  expect(found.wrong).toEqual([]);
  struck += found.struck;
});
