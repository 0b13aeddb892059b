import { type Cluster, createCluster, MEMORY_PARENT } from '../postgres/cluster.ts';
import type { SharedServer } from '../postgres/global-setup.ts';
import type { Point } from './points.ts';
import { type Prepared, prepare } from './prepare.ts';
import { SCENARIO_NAMES, SCENARIOS, type ScenarioName } from './scenarios.ts';
import { STALLS } from './stall.ts';
import type { Target } from './victim.ts';

/** A server of the test's own, in memory, that holds every scenario. */
export type Stage = {
  readonly cluster: Cluster;
  readonly prepared: ReadonlyMap<ScenarioName, Prepared>;
  /** The targets of one scenario, or of all, at those of its points that are chosen. */
  targets(choose: (points: readonly Point[]) => Point[], scenario?: ScenarioName): Target[];
  /** All statements that are made to wait. */
  readonly stalls: readonly Target[];
};

export async function createStage(installation: SharedServer): Promise<Stage> {
  const cluster = await createCluster({
    installation,
    parent: MEMORY_PARENT,
    hba: ['host all all 127.0.0.1/32 trust'],
  });
  const prepared = new Map<ScenarioName, Prepared>();
  try {
    for (const name of SCENARIO_NAMES) prepared.set(name, await prepare(cluster, SCENARIOS[name]));
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
      if (!one) throw new Error(`there is no scenario ${stall.of}`);
      return [{ prepared: one, stall }];
    }),
  };
}
