import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import {
  ADVISORY_LOCKS,
  addMonths,
  createSql,
  dsnOf,
  firstOfMonth,
  onDatabase,
  replaceEnsure,
  runJob,
  runScript,
  until,
} from '../../harness/jobs/jobs.ts';
import { createMetricsFolder, type MetricsFolder } from '../../harness/jobs/metrics.ts';
import { PARENT } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import { setBack, whileReading } from '../../harness/postgres/holding.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
import { testNeeding } from '../../harness/runner/needs.ts';

const ENSURE = 'scanner-artifact-boms-ensure.prom';
const RETENTION = 'scanner-artifact-boms-retention.prom';
const seconds = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1_000;

const [server] = inject('servers');
if (!server) throw new Error('there is no server');
let folder: MetricsFolder;
let tree: Tree;
beforeEach(async () => {
  folder = createMetricsFolder();
  tree = await writeTree(
    { budgets: { connect: '2s' } },
    { places: { metrics: { directory: folder.directory, group: 'scrape' } } },
  );
});
afterEach(async () => {
  folder.dispose();
  await tree.dispose();
});

test(
  'a job tells what it did and saw, for all to read',
  onDatabase(server, async (database) => {
    const before = Date.now() / 1_000;
    expect(await runJob(tree, database, 'ensure')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(folder.names()).toEqual([ENSURE]);
    expect(statSync(join(folder.directory, ENSURE)).mode & 0o7777).toBe(0o644);
    expect(folder.outcome('ensure')).toBe('done');
    for (const name of ['last_run_timestamp_seconds', 'last_success_timestamp_seconds']) {
      expect(folder.value('ensure', name)).toBeGreaterThanOrEqual(before);
      expect(folder.value('ensure', name)).toBeLessThanOrEqual(Date.now() / 1_000);
    }
    expect(folder.value('ensure', 'last_run_duration_seconds')).toBeGreaterThan(0);
    expect(folder.value('ensure', 'runway_end_timestamp_seconds')).toBe(seconds(firstOfMonth(2)));
    expect(
      folder.value('ensure', 'runway_end_timestamp_seconds') - folder.value('ensure', 'runway_seconds'),
    ).toBeCloseTo(folder.value('ensure', 'last_run_timestamp_seconds'), -1);
    expect(folder.value('ensure', 'oldest_partition_start_timestamp_seconds')).toBe(seconds(firstOfMonth(0)));
  }),
);

test(
  'counters go on from run to run, in a shell with the umask of a unit too',
  onDatabase(server, async (database) => {
    const created = () => folder.value('ensure', 'partitions_created_total');
    await runJob(tree, database, 'ensure');
    const first = created();
    await runJob(tree, database, 'ensure', '3');
    expect(created()).toBe(first + 2);
    const strict = `umask 077; exec bash ${tree.script('scanner-artifact-boms-ensure-partitions.sh')} 4`;
    await execa('bash', ['-c', strict], { env: { PG_DSN: dsnOf(database) } });
    expect(created()).toBe(first + 3);
    expect(statSync(join(folder.directory, ENSURE)).mode & 0o7777).toBe(0o644);
  }),
);

test(
  'retention tells what is in grace and what is gone; a dry run, plan and status tell nothing',
  onDatabase(server, async (database) => {
    await addMonths(database, -14, -1);
    const options = `--metrics-directory ${folder.directory}`;
    for (const args of [['retention', '12', 'true'], ['plan'], ['status']])
      await runHelper(database, { options, args });
    expect(folder.names()).toEqual([]);

    await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
    await runHelper(database, { options: `${options} --grace-days 3` });
    const value = (name: string) => folder.value('retention', name);
    expect(value('partitions_detached_total')).toBe(2);
    expect(value('partitions_dropped_total')).toBe(0);
    expect(value('partitions_in_grace')).toBe(2);
    expect(value('oldest_partition_start_timestamp_seconds')).toBe(seconds(firstOfMonth(-12)));

    await runHelper(database, { options: `${options} --grace-days 3` });
    expect(value('partitions_detached_total')).toBe(2);
    expect(value('partitions_in_grace')).toBe(2);

    await setBack(database, 3);
    await runHelper(database, { options });
    expect(value('partitions_detached_total')).toBe(2);
    expect(value('partitions_dropped_total')).toBe(2);
    expect(value('partitions_in_grace')).toBe(0);
    expect(folder.names()).toEqual([RETENTION]);
  }),
);

test(
  'the function strategy counts as well',
  onDatabase(server, async (database) => {
    await addMonths(database, -14, -1);
    await runJob(tree, database, 'retention', '12', 'false');
    expect(folder.value('retention', 'partitions_dropped_total')).toBe(2);
    expect(folder.value('retention', 'partitions_in_grace')).toBe(0);
  }),
);

test(
  'a DEFAULT partition with rows is told',
  onDatabase(server, async (database) => {
    await database.connect(
      (client) =>
        client.query(`create table scanner.artifact_boms_default partition of ${PARENT} default;
          insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at)
            select i::text, 'sha', 'digest', '1999-01-01' from generate_series(1, 25) i;
          analyze scanner.artifact_boms_default`),
      OWNER,
    );
    await runJob(tree, database, 'ensure');
    expect(folder.value('ensure', 'default_partition_rows')).toBe(25);
  }),
);

test(
  'a run that fails says how, and keeps what it could not learn',
  onDatabase(server, async (database) => {
    await runJob(tree, database, 'ensure');
    const known = ['last_success_timestamp_seconds', 'runway_end_timestamp_seconds', 'partitions_created_total'];
    const values = () => known.map((name) => folder.value('ensure', name));
    const success = values();
    const run = (dsn: string) => runScript(tree, 'ensure', [], { PG_DSN: dsn });

    expect(await run('Host=127.0.0.1;Port=1;Timeout=1;Database=x;Username=y')).toMatchObject({ exitCode: 4 });
    expect([folder.outcome('ensure'), ...values()]).toEqual(['unreachable', ...success]);
    expect(await run('no connection string')).toMatchObject({ exitCode: 3 });
    expect([folder.outcome('ensure'), ...values()]).toEqual(['configuration', ...success]);
    expect(await run(dsnOf(database).replace('Password=', 'Password=not-'))).toMatchObject({ exitCode: 5 });
    expect([folder.outcome('ensure'), ...values()]).toEqual(['missing', ...success]);
    expect(folder.text('ensure')).not.toContain('not-');
  }),
  60_000,
);

test(
  'a run that fails tells what it had learnt by then',
  onDatabase(server, async (database) => {
    await runJob(tree, database, 'ensure');
    await database.connect((client) => client.query(createSql(2)), OWNER);
    await replaceEnsure(database, { body: "begin raise 'no'; end" });
    expect(await runJob(tree, database, 'ensure')).toMatchObject({ exitCode: 7 });
    expect(folder.outcome('ensure')).toBe('refused');
    expect(folder.value('ensure', 'runway_end_timestamp_seconds')).toBe(seconds(firstOfMonth(3)));
  }),
);

test(
  'waits for locks are counted, of a run that gives up too',
  onDatabase(server, async (database) => {
    await addMonths(database, -14, -1);
    const options = `--metrics-directory ${folder.directory} --lock-wait 400ms --detach-timeout 300ms`;
    const ran = await whileReading(database, () => runHelper(database, { options }));
    expect(ran.exitCode).toBe(8);
    expect(folder.outcome('retention')).toBe('lock_budget');
    expect(folder.value('retention', 'lock_waits_total')).toBeGreaterThan(0);
    expect(folder.value('retention', 'partitions_dropped_total')).toBe(0);
    expect(folder.value('retention', 'runway_end_timestamp_seconds')).toBe(seconds(firstOfMonth(2)));
  }),
);

test(
  'a run that is stopped says so, and one beside it that found the lock taken',
  onDatabase(server, async (database) => {
    await addMonths(database, -14, -1);
    const options = `--metrics-directory ${folder.directory}`;
    await whileReading(database, async () => {
      const first = startHelper(database, { options });
      await until(database, `select 1 from ${ADVISORY_LOCKS}`);
      expect(await startHelper(database, { options })).toMatchObject({ exitCode: 6 });
      expect(folder.outcome('retention')).toBe('locked');
      expect(folder.value('retention', 'last_success_timestamp_seconds')).toBe(0);
      first.kill('SIGTERM');
      expect(await first).toMatchObject({ exitCode: 143 });
    });
    expect(folder.outcome('retention')).toBe('terminated');
    expect(folder.names()).toEqual([RETENTION]);
  }),
);

test(
  'of many runs at once no count is lost, and nothing is left but the file',
  onDatabase(server, async (database) => {
    for (let months = 2; months <= 5; months += 1)
      await Promise.all(Array.from({ length: 6 }, () => runJob(tree, database, 'ensure', `${months}`)));
    expect(folder.value('ensure', 'partitions_created_total')).toBe(4);
    expect(folder.names()).toEqual([ENSURE]);
  }),
  120_000,
);

testNeeding(
  { programs: ['promtool'] },
  'promtool finds nothing to say about what real runs leave',
  onDatabase(server, async (database) => {
    const check = async () => {
      const texts = folder.names().map((name) => readFileSync(join(folder.directory, name), 'utf8'));
      for (const text of texts) {
        const { stdout, stderr, exitCode } = await execa('promtool', ['check', 'metrics'], {
          input: text,
          reject: false,
        });
        expect({ stdout, stderr, exitCode }).toEqual({ stdout: '', stderr: '', exitCode: 0 });
      }
      return texts;
    };
    await runScript(tree, 'ensure', [], { PG_DSN: 'nonsense' });
    await runScript(tree, 'retention', ['12', 'false'], { PG_DSN: 'nonsense' });
    expect(await check()).toHaveLength(2);
    await addMonths(database, -14, -1);
    await runJob(tree, database, 'ensure');
    await runJob(tree, database, 'retention', '12', 'false');
    const [ensure = '', retention = ''] = await check();
    // node_exporter refuses files that help differently with the same metric.
    const helps = (text: string) =>
      new Map([...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => [name, help]));
    for (const [name, help] of helps(ensure)) expect(helps(retention).get(name) ?? help, name).toBe(help);
  }),
);
