import type { RawSpec } from '../../../src/spec/schema.ts';
import { dsnOf } from '../jobs/jobs.ts';
import { createScannerDatabase, OWNER } from '../jobs/scanner.ts';
import { type Cluster, createCluster, SUPERUSER } from '../postgres/cluster.ts';
import type { Database } from '../postgres/database.ts';
import { createProxy } from '../postgres/proxy.ts';
import { createFakedClock, type FakedClock } from './faked-clock.ts';
import { createInstalledHost, type InstalledHost } from './host.ts';
import { createLastingClient, type LastingClient } from './lasting-client.ts';
import type { Instant } from './timers.ts';
import { createWriter, type Writer } from './writer.ts';

/** Called before a job's n-th message of a connection reaches the server; true cuts the connection instead. */
export type Strike = (message: number) => boolean;

/** A server and a host, each with a clock of its own that the player moves. */
export type Machine = {
  readonly cluster: Cluster;
  readonly database: Database;
  readonly host: InstalledHost;
  readonly writer: Writer;
  /** Looks at everything, and is in nobody's way. */
  readonly observer: LastingClient;
  readonly clocks: { readonly host: FakedClock; readonly server: FakedClock };
  /** What strikes the jobs from now on; undefined for nothing. */
  arm(strike: Strike | undefined): void;
  dispose(): Promise<void>;
};

/** Starts everything at an instant, and installs the spec. The jobs' role owns the table, so that grace is possible. */
export async function createMachine(
  installation: Parameters<typeof createCluster>[0]['installation'],
  spec: RawSpec,
  start: Instant,
): Promise<Machine> {
  const clocks = { host: createFakedClock(), server: createFakedClock() };
  const undo: Array<() => void | Promise<void>> = [clocks.host.dispose, clocks.server.dispose];
  const dispose = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    for (const clock of Object.values(clocks)) clock.set(start);
    const { environment } = clocks.server;
    const settings = [`timezone = 'America/New_York'`];
    const cluster = await createCluster({ installation, environment, settings });
    undo.push(cluster.dispose);
    const database = await createScannerDatabase(cluster);
    await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
    let strike: Strike | undefined;
    const proxy = await createProxy({
      target: cluster.port,
      before: (message) => strike?.(message) ?? false,
    });
    undo.push(proxy.close);
    const dsn = dsnOf(database, OWNER).replace(`Port=${cluster.port}`, `Port=${proxy.port}`);
    const host = await createInstalledHost(dsn, spec);
    undo.push(host.dispose);
    const writer = createWriter(cluster, database.name);
    const observer = createLastingClient(cluster, database.name, SUPERUSER);
    undo.push(writer.end, observer.end);
    const arm = (next: Strike | undefined) => {
      strike = next;
    };
    return { cluster, database, host, writer, observer, clocks, arm, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
