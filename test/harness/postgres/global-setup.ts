import { tmpdir } from 'node:os';
import type { TestProject } from 'vitest/node';
import { removeStale } from '../runner/temporary.ts';
import { removeSharedMemory } from '../time/shared-memory.ts';
import { type Cluster, createCluster, MEMORY_PARENT, SHORT_PARENT } from './cluster.ts';
import { findInstallations, type Installation } from './installations.ts';

/** What tests get of a shared server: values only, as vitest carries it to its workers as JSON. */
export type SharedServer = {
  readonly label: string;
  readonly major: number;
  readonly bin: string;
  readonly port: number;
  readonly sockets: string;
};

declare module 'vitest' {
  interface ProvidedContext {
    servers: SharedServer[];
  }
}

/** Starts one server of each installed major version for the whole test run, or only the one that TEST_POSTGRES names. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  for (const parent of new Set([tmpdir(), SHORT_PARENT, MEMORY_PARENT])) removeStale(parent);
  const installations: Installation[] = await findInstallations(process.env['TEST_POSTGRES']);
  const clusters: Cluster[] = [];
  for (const installation of installations) clusters.push(await createCluster({ installation }));
  project.provide(
    'servers',
    clusters.map(({ label, major, port, sockets }, index) => ({
      label,
      major,
      port,
      sockets,
      bin: installations[index]?.bin ?? '',
    })),
  );
  return async () => {
    for (const cluster of clusters) await cluster.dispose();
    for (const installation of installations) installation.dispose();
    removeSharedMemory();
  };
}
