import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { RawSpec } from '../../../src/spec/schema.ts';
import { renderCronJobs, renderMigration, viewOfSet } from '../../harness/jobs/migration.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { type Cluster, createCluster } from '../../harness/postgres/cluster.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

const server = inject('servers').find(({ bin }) => existsSync(join(bin, '../lib/pg_cron.so')));

const ENSURE = { function: 'scanner.ensure_artifact_boms_future_partitions' };
const RETENTION = { function: 'scanner.drop_artifact_boms_partitions_older_than' };
const SET = { name: 'scanner-artifact-boms', table: PARENT };
const withJobs = (ensure: object | false, retention: object | false): RawSpec =>
  ({ partitionSets: [{ ...SET, ensure, retention }] }) as RawSpec;

const EVERY_MINUTE = withJobs({ ...ENSURE, schedule: '* * * * *' }, { ...RETENTION, schedule: '* * * * *' });

type Host = { readonly cluster: Cluster; readonly database: Database };

/** A server whose pg_cron runs commands over connections of its own (`off`), or in background workers (`on`). */
async function createHost(backgroundWorkers: string): Promise<Host> {
  if (!server) throw new Error('no server with pg_cron');
  const settings = ["shared_preload_libraries = 'pg_cron'", `cron.use_background_workers = ${backgroundWorkers}`];
  const cluster = await createCluster({ installation: server, settings });
  const database = await createDatabase(cluster);
  await database.query(`alter system set cron.database_name = '${database.name}'`);
  await database.query(`alter system set cron.host = '${cluster.sockets}'`);
  await cluster.stop();
  await cluster.start();
  await database.query('create extension pg_cron');
  await database.query(renderMigration());
  return { cluster, database };
}

const apply = (database: Database, raw?: RawSpec) => database.query(renderCronJobs(viewOfSet(raw)));
const namesOf = async (database: Database) => (await partitionsOf(database)).map((line) => line.split(' ')[0] ?? '');

describeNeeding({ extension: 'pg_cron' }, 'the pg_cron jobs', () => {
  let hosts: Host[] = [];
  beforeAll(async () => {
    hosts = await Promise.all(['off', 'on'].map(createHost));
  });
  afterAll(() => Promise.all(hosts.map(({ cluster }) => cluster.dispose())));

  test('are those of the spec, however often they are applied, and go when the spec switches them off', async () => {
    for (const { database } of hosts) {
      const jobs = () => database.query('select jobname, schedule, username, active from cron.job order by jobname');
      const both = [
        { jobname: 'scanner-artifact-boms-ensure', schedule: '10 0 1 * *', username: 'postgres', active: true },
        { jobname: 'scanner-artifact-boms-retention', schedule: '15 0 * * *', username: 'postgres', active: true },
      ];
      await apply(database);
      await apply(database);
      expect(await jobs()).toEqual(both);
      await apply(database, withJobs({ ...ENSURE, schedule: '5 4 2 * *' }, false));
      expect(await jobs()).toEqual([{ ...both[0], schedule: '5 4 2 * *' }]);
      await apply(database, withJobs(false, { ...RETENTION, keepMonths: 24 }));
      expect(await jobs()).toEqual([both[1]]);
    }
  });

  const title = 'run in both ways: ensure behind a reader that makes retention give up, and retention once it is gone';
  test(title, { timeout: 150_000 }, async () => {
    await Promise.all(hosts.map(({ database }) => seeBothJobsRun(database)));
  });

  test('are refused with what to do where pg_cron is not installed', async () => {
    if (!server) throw new Error('no server with pg_cron');
    const database = await createDatabase(server);
    try {
      await expect(database.query(renderCronJobs())).rejects.toMatchObject({
        code: '42883',
        hint: expect.stringContaining('CREATE EXTENSION pg_cron'),
      });
    } finally {
      await database.drop();
    }
  });
});

async function seeBothJobsRun(database: Database): Promise<void> {
  const [current, next] = await namesOf(database);
  await database.query(`
    drop table scanner.${next};
    create table scanner.old partition of ${PARENT} for values from ('2020-01-01 00:00+00') to ('2020-02-01 00:00+00')`);
  await apply(database, EVERY_MINUTE);
  await database.connect(async (reader) => {
    await reader.query(`begin; select from ${PARENT}`);
    const [ensure, retention] = await finished(database);
    expect(ensure).toMatchObject({ status: 'succeeded' });
    expect(retention).toMatchObject({
      status: 'failed',
      return_message: expect.stringContaining('canceling statement due to lock timeout'),
    });
  });
  const [job] = await database.query<{ command: string }>(
    "select command from cron.job where jobname like '%-retention'",
  );
  await database.query('select cron.unschedule(jobid) from cron.job');
  expect(await namesOf(database)).toEqual(expect.arrayContaining([current, next]));
  await database.query(job?.command ?? '');
  expect(await namesOf(database)).toEqual([current, next]);
}

/** The first finished run of each job, by name; polls cron's own record, until the next full minute at most. */
async function finished(database: Database): Promise<{ status: string; return_message: string }[]> {
  for (;;) {
    const runs = await database.query<{ status: string; return_message: string }>(
      `select distinct on (jobname) status, return_message from cron.job_run_details join cron.job using (jobid)
        where end_time is not null order by jobname, runid`,
    );
    if (runs.length === 2) return runs;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
