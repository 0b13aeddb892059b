import { startHelper } from '../jobs/helper.ts';
import { addMonths, dsnOf, partitionName } from '../jobs/jobs.ts';
import { createScannerDatabase, OWNER } from '../jobs/scanner.ts';
import type { Cluster } from '../postgres/cluster.ts';
import { createDatabase, type Database } from '../postgres/database.ts';
import { createFaultProxy } from './fault-proxy.ts';
import { type Point, pointsOf } from './points.ts';
import { KEPT, type Scenario } from './scenarios.ts';
import { type TableState, tablesOf } from './snapshot.ts';

/** A scenario on a server: what a run finds there, what it leaves if nothing hurts it, and where it can be hurt. */
export type Prepared = {
  readonly cluster: Cluster;
  readonly scenario: Scenario;
  readonly template: Database;
  readonly start: readonly TableState[];
  readonly end: readonly TableState[];
  /** The same where the other job has run in between. */
  readonly endWithOther: readonly TableState[];
  readonly points: readonly Point[];
};

/** A copy of the scenario's database; its owner may make schemas in it. */
export const copyOf = ({ cluster, template }: Pick<Prepared, 'cluster' | 'template'>): Promise<Database> =>
  createDatabase(cluster, template.name, OWNER);

/** The same DSN with another port. */
export const dsnThrough = (database: Database, role: string, port: number) =>
  dsnOf(database, role).replace(`Port=${database.place.port}`, `Port=${port}`);

/** Runs a job to its end, which must be a good one. */
export async function runWell(database: Database, { role, options = '' }: Scenario, args: readonly string[]) {
  const { exitCode, stderr } = await startHelper(database, { role, args, options });
  if (exitCode !== 0 || stderr !== '') throw new Error(`${args.join(' ')} ended with ${exitCode}: ${stderr}`);
}

/** Makes the scenario's database, and runs it once on a copy to see what it does. */
export async function prepare(cluster: Cluster, scenario: Scenario): Promise<Prepared> {
  const template = await createScannerDatabase(cluster);
  await template.query(`drop table ${partitionName(1)}`);
  await addMonths(template, -KEPT, -1, 3);
  await scenario.arrange(template);
  const start = await template.connect(tablesOf);
  const database = await copyOf({ cluster, template });
  const proxy = await createFaultProxy(cluster.port);
  try {
    const { role, args, options = '' } = scenario;
    const dsn = dsnThrough(database, role, proxy.port);
    const { exitCode, stderr } = await startHelper(database, { dsn, args, options });
    if (exitCode !== 0) throw new Error(`unhurt, it ended with ${exitCode}: ${stderr}`);
    const end = await database.connect(tablesOf);
    await runWell(database, scenario, scenario.other);
    const endWithOther = await database.connect(tablesOf);
    return { cluster, scenario, template, start, end, endWithOther, points: pointsOf(proxy.messages) };
  } finally {
    await proxy.close();
    await database.drop();
  }
}
