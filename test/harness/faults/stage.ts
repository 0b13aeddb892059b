import { type Cluster, createCluster, MEMORY_PARENT } from '../postgres/cluster.ts';
import type { SharedServer } from '../postgres/global-setup.ts';
import type { Point } from './points.ts';
import { type Prepared, prepare } from './prepare.ts';
import { SCENARIOS } from './scenarios.ts';
import { STALLS } from './stall.ts';
import type { Target } from './victim.ts';

/** A server of the test's own, in memory, that holds every scenario. */
export type Stage = {
  readonly cluster: Cluster;
  readonly prepared: ReadonlyMap<string, Prepared>;
  /** The targets of one scenario, or of all, at those of its points that are chosen. */
  targets(choose: (points: readonly Point[]) => Point[], scenario?: string): Target[];
  /** All statements that are made to wait. */
  readonly stalls: readonly Target[];
};

export async function createStage(installation: SharedServer): Promise<Stage> {
  const cluster = await createCluster({
    installation,
    parent: MEMORY_PARENT,
    hba: ['host all all 127.0.0.1/32 trust'],
  });
  const prepared = new Map<string, Prepared>();
  try {
    for (const [name, scenario] of Object.entries(SCENARIOS)) prepared.set(name, await prepare(cluster, scenario));
  } catch (error) {
    await cluster.dispose();
    throw error;
  }
  return {
    cluster,
    prepared,
    targets: (choose, scenario) =>
      [...prepared]
        .filter(([name]) => scenario === undefined || name === scenario)
        .flatMap(([, one]) => choose(one.points).map((point) => ({ prepared: one, point }))),
    stalls: STALLS.flatMap((stall) => {
      const one = prepared.get(stall.of);
      return one ? [{ prepared: one, stall }] : [];
    }),
  };
}
