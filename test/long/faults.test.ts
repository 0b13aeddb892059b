import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { boundariesOf } from '../harness/faults/points.ts';
import { createStage, type Stage } from '../harness/faults/stage.ts';
import { type Found, sweep, sweepServer } from '../harness/faults/sweep.ts';

/** All scenarios together have more; a sweep that finds fewer proves nothing. */
const FEWEST_POINTS = 300;

describe.each(inject('servers'))('$label', (server) => {
  let stage: Stage;
  let struck = 0;
  beforeAll(async () => {
    stage = await createStage(server);
  });
  afterAll(async () => {
    console.log(`${server.label}: ${struck} fault points, and after each the next run came to the same end`);
    await stage?.cluster.dispose();
  });

  const expectNoneWrong = ({ struck: more, wrong }: Found) => {
    expect(more).toBeGreaterThan(FEWEST_POINTS);
    expect(wrong).toEqual([]);
    struck += more;
  };

  const everywhere = () => [...stage.targets((points) => [...points]), ...stage.stalls];
  /** A server that is gone cannot have answered: before a message is after the one before it. */
  const apart = () => [...stage.targets(boundariesOf), ...stage.stalls];

  test('a connection that is cut', async () => expectNoneWrong(await sweep(everywhere(), 'cut')));
  test('a helper that is killed', async () => expectNoneWrong(await sweep(everywhere(), 'kill')));
  test('a server that is killed', async () => expectNoneWrong(await sweepServer(stage.cluster, apart(), 'crash')));
  test('a server that is restarted', async () => expectNoneWrong(await sweepServer(stage.cluster, apart(), 'restart')));
});
