import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leavePending } from '../../harness/jobs/breakages.ts';
import {
  ADVISORY_LOCKS,
  actions,
  addMonths,
  createSql,
  dsnOf,
  firstOfMonth,
  onDatabase,
  partitionName,
  replaceRetention,
  report,
  runJob,
  runScript,
  startScript,
  until,
} from '../../harness/jobs/jobs.ts';
import { insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { PENDING } from '../../harness/postgres/holding.ts';
import { createProxy } from '../../harness/postgres/proxy.ts';
import { someServer } from '../../harness/postgres/some-server.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

let tree: Tree;
beforeAll(async () => {
  tree = await writeTree();
});
afterAll(() => tree.dispose());

/** Remembers each dropped partition and the transaction that dropped it, and may wait or fail at one of them. */
async function watchDrops(database: Database, at?: string, then = ''): Promise<void> {
  await database.query(`create table public.drops (place serial, name text, transaction bigint);
    grant all on public.drops, public.drops_place_seq to public;
    create function public.watch() returns event_trigger language plpgsql as $$ declare name text; begin
      for name in select object_identity from pg_event_trigger_dropped_objects() where object_type = 'table' loop
        insert into public.drops (name, transaction) values (name, txid_current());
        if name = '${at ?? ''}' then ${then} end if;
      end loop; end $$;
    create event trigger watch on sql_drop execute function public.watch()`);
}

const drops = (database: Database) =>
  database.query<{ name: string; transaction: string }>('select name, transaction from public.drops order by place');

const HOLD = `perform pg_catalog.set_config('lock_timeout', '0', true); perform pg_catalog.pg_advisory_xact_lock(42);`;

const dropSql = (...offsets: number[]) => `drop table ${offsets.map(partitionName).join(', ')};`;

describe.each(someServer('retention'))('$label', (server) => {
  test(
    'shows what it would drop, then drops it oldest first, a transaction a month',
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -1, 3);
      await watchDrops(database);
      const before = await partitionsOf(database);
      const due = [-15, -14, -13];

      const rehearsal = await report(tree, database, 'retention', '12', 'true');
      expect(rehearsal).toMatchObject({ exitCode: 0, stderr: '', report: { dryRun: true, cutoff: firstOfMonth(-12) } });
      expect(actions(rehearsal.report).slice(0, 4)).toEqual([
        ...due.map((offset) => `would-drop ${firstOfMonth(offset)}`),
        `kept ${firstOfMonth(-12)}`,
      ]);
      expect(rehearsal.report.partitions[0]).toMatchObject({
        partition: partitionName(-15),
        rows: 3,
        bytes: expect.any(Number),
      });
      expect(await partitionsOf(database)).toEqual(before);
      expect(await runJob(tree, database, 'retention')).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('dry run, 3 would be dropped'),
      });
      expect(await partitionsOf(database)).toEqual(before);

      const real = await report(tree, database, 'retention', '12', 'false');
      expect(real).toMatchObject({ exitCode: 0, stderr: '', report: { dryRun: false, ok: true } });
      expect(actions(real.report).filter((action) => action.startsWith('dropped'))).toEqual(
        due.map((offset) => `dropped ${firstOfMonth(offset)}`),
      );
      expect(await partitionsOf(database)).toEqual(before.slice(3));
      const dropped = await drops(database);
      expect(dropped.map(({ name }) => name)).toEqual(due.map(partitionName));
      expect(new Set(dropped.map(({ transaction }) => transaction)).size).toBe(3);

      const again = await runJob(tree, database, 'retention', '12', 'false');
      expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('nothing dropped, 14 kept') });
    }),
  );

  test(
    'keeps what straddles the cutoff and the DEFAULT partition, whatever their names',
    onDatabase(server, async (database) => {
      await addMonths(database, -9, -1);
      await database.query(`create table scanner.artifact_boms_1999_01 partition of ${PARENT}
          for values from ('${firstOfMonth(-13)} 00:00+00') to ('${firstOfMonth(-11)} 00:00+00');
        create table scanner.artifact_boms_1999_02 partition of ${PARENT} default;
        create table scanner.artifact_boms_2999_01 partition of ${PARENT}
          for values from (minvalue) to ('${firstOfMonth(-13)} 00:00+00');
        alter table scanner.artifact_boms_2999_01 owner to ${OWNER}`);
      const ran = await report(tree, database, 'retention', '12', 'false');
      expect(ran).toMatchObject({ exitCode: 0 });
      expect(actions(ran.report).filter((action) => !action.startsWith('kept'))).toEqual(['dropped -infinity']);
      expect(ran.report.partitions.map(({ reason }) => reason)).toEqual(
        expect.arrayContaining(['straddles the cutoff', 'the DEFAULT partition is never dropped']),
      );
    }),
  );

  test.each([
    ['drops more than is due', `begin ${dropSql(-14, -13, -12)} end`, /it dropped .*, which was not planned/],
    ['drops the current month', `begin ${dropSql(0)} end`, /it dropped .*, which was not planned/],
    ['drops nothing', 'begin end', /did not drop scanner\.artifact_boms_/],
    [
      'detaches a month that is not due',
      `begin alter table ${PARENT} detach partition ${partitionName(1)}; end`,
      /which was not planned/,
    ],
    ['creates', `begin ${createSql(2)} end`, /it created/],
    ['raises', `begin raise exception 'not today'; end`, /failed: not today \(SQLSTATE P0001\)/],
  ])('a function that %s is exit 7 and changes nothing', (_, body, message) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      const before = await partitionsOf(database);
      await replaceRetention(database, { body });
      const ran = await runJob(tree, database, 'retention', '12', 'false');
      expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(message) });
      expect(ran.stdout).not.toContain('\ndropped ');
      expect(await partitionsOf(database)).toEqual(before);
    })(),
  );

  test(
    'a function that drops in a dry run is exit 7, and it is rolled back',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await replaceRetention(database, { body: `begin ${dropSql(-14)} end` });
      const ran = await runJob(tree, database, 'retention', '12', 'true');
      expect(ran).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/changed something in a dry run: it dropped/),
      });
      expect(await partitionsOf(database)).toHaveLength(16);
    }),
  );

  test(
    'what was dropped before a failure is reported as dropped',
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -1);
      await watchDrops(database, partitionName(-14), `raise exception 'enough';`);
      const ran = await report(tree, database, 'retention', '12', 'false');
      expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/enough/), report: { ok: false } });
      expect(actions(ran.report).slice(0, 3)).toEqual([
        `dropped ${firstOfMonth(-15)}`,
        `kept ${firstOfMonth(-14)}`,
        `kept ${firstOfMonth(-13)}`,
      ]);
      expect(await partitionsOf(database)).toHaveLength(16);
    }),
  );

  test(
    'what a function detaches and does not drop is reported as detached',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const body = `begin alter table ${PARENT} detach partition ${partitionName(-13)}; end`;
      await replaceRetention(database, { body });
      const ran = await report(tree, database, 'retention', '12', 'false');
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
      expect(ran.report.partitions[0]).toMatchObject({ action: 'detached', partition: partitionName(-13) });
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await database.query(`select to_regclass('${partitionName(-13)}') as name`)).not.toEqual([{ name: null }]);
    }),
  );

  test(
    'more than half at once needs leave, the newest is never dropped, a dry run warns of both',
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -13);
      const refused = await runJob(tree, database, 'retention', '12', 'false');
      expect(refused).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/3 of 4 partitions .* more than maxDropShare/),
      });
      expect(refused.stderr).toContain('--allow-drops 3');
      const warned = await runJob(tree, database, 'retention', '12', 'true');
      expect(warned).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/^nothing would be dropped: 3 of 4/),
      });
      expect(
        await runJob(tree, database, 'retention', '12', 'false', '--allow-idle', '--allow-drops', '2'),
      ).toMatchObject({
        exitCode: 7,
      });
      expect(await partitionsOf(database)).toHaveLength(5);
      expect(
        await runJob(tree, database, 'retention', '12', 'false', '--allow-idle', '--allow-drops', '3'),
      ).toMatchObject({
        exitCode: 0,
      });
      expect(await partitionsOf(database)).toHaveLength(2);

      await addMonths(database, -15, -13);
      await database.query(dropSql(0, 1));
      const newest = await runJob(tree, database, 'retention', '12', 'false', '--allow-idle', '--allow-drops', '3');
      expect(newest).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/is the newest partition, which is never dropped/),
      });
      expect(await partitionsOf(database)).toHaveLength(3);
    }),
  );

  test(
    'a host whose clock is two days off drops nothing',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const folder = makeTemporary('clock');
      try {
        const clock = join(folder, 'clock.cjs');
        writeFileSync(clock, 'const now = Date.now; Date.now = () => now() + 2 * 86_400_000;');
        const environment = { PG_DSN: dsnOf(database), NODE_OPTIONS: `--require ${clock}` };
        const ran = await runScript(tree, 'retention', ['12', 'false'], environment);
        expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/differ by more than a day/) });
        expect(await partitionsOf(database)).toHaveLength(15);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }),
  );

  test(
    'a run that was killed midway keeps what it had dropped, and the next one goes on',
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -1);
      await watchDrops(database, partitionName(-14), HOLD);
      await database.connect(async (client) => {
        await client.query('select pg_advisory_lock(42)');
        const first = startScript(tree, 'retention', ['12', 'false'], { PG_DSN: dsnOf(database) });
        await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
        expect(await runJob(tree, database, 'retention', '12', 'false')).toMatchObject({ exitCode: 6, stdout: '' });
        first.kill('SIGKILL');
        expect((await first).signal).toBe('SIGKILL');
        await until(database, `select where not exists (select from ${ADVISORY_LOCKS} and objid <> 42)`);
      });
      expect(await partitionsOf(database)).toHaveLength(16);
      const second = await report(tree, database, 'retention', '12', 'false');
      expect(second.exitCode).toBe(0);
      expect(actions(second.report).slice(0, 2)).toEqual([-14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`));
    }),
  );

  test(
    'behind a long reader it retries: ingest does not wait for the reader, and the drop comes through',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.connect(async (reader) => {
        await reader.query(`begin; select count(*) from ${PARENT}`);
        const run = report(tree, database, 'retention', '12', 'false');
        await database.connect(async (writer) => {
          await until(
            database,
            `select from pg_stat_activity where datname = current_database() and usename = '${MAINTAINER}'`,
          );
          for (let row = 0; row < 100; row += 1) {
            await insertRow(writer, `${firstOfMonth(0)} 12:00+00`, `row ${row}`);
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        });
        // Each of them was done while the reader stayed.
        expect(await partitionsOf(database)).toHaveLength(15);
        await reader.query('commit');
        expect(await run).toMatchObject({ exitCode: 0, stderr: '' });
      }, OWNER);
      expect(await partitionsOf(database)).toHaveLength(14);
    }),
  );

  test.each([
    ['arrived', true, 15],
    ['was lost', false, 16],
  ])('a connection cut at COMMIT, which %s, is exit 4, and the next run finds out', (_, deliver, left) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      const proxy = await createProxy({ target: database.place.port, cutAt: { text: '\u000bCOMMIT\0', deliver } });
      try {
        const dsn = dsnOf(database).replace(`Port=${database.place.port}`, `Port=${proxy.port}`);
        const ran = await runScript(tree, 'retention', ['12', 'false'], { PG_DSN: dsn });
        expect(ran).toMatchObject({
          exitCode: 4,
          stderr: expect.stringMatching(/lost during COMMIT: whether it took effect is unknown/),
        });
      } finally {
        await proxy.close();
      }
      await until(
        database,
        `select where not exists (select from pg_stat_activity where datname = current_database() and usename = '${MAINTAINER}')`,
      );
      expect(await partitionsOf(database)).toHaveLength(left);
      expect(await runJob(tree, database, 'retention', '12', 'false')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await partitionsOf(database)).toHaveLength(14);
    })(),
  );

  test.each([OWNER, MAINTAINER])(
    "%s is told of somebody else's pending detach, even where nothing else is due",
    (role) =>
      onDatabase(server, async (database) => {
        await addMonths(database, -13, -1);
        await leavePending(database, -13);
        const told = await runScript(tree, 'retention', ['12', 'false'], { PG_DSN: dsnOf(database, role) });
        expect(told).toMatchObject({
          exitCode: 0,
          stderr: expect.stringMatching(/warning: somebody else's detach of .*_boms_/),
        });
        expect(await database.query(PENDING)).toHaveLength(1);
      })(),
  );
});
