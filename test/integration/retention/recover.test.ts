import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { leavePending } from '../../harness/jobs/interrupted.ts';
import { actions, addMonths, dsnOf, firstOfMonth, onDatabase, partitionName, until } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase, OWNER } from '../../harness/jobs/scanner.ts';
import { createCluster } from '../../harness/postgres/cluster.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { ALONE, leftovers, PENDING, whileReading } from '../../harness/postgres/holding.ts';
import { becomePlain } from '../../harness/postgres/hostile-role.ts';
import { createProxy } from '../../harness/postgres/proxy.ts';
import { someServer } from '../../harness/postgres/some-server.ts';

async function prepare(database: Database): Promise<void> {
  await database.query(`create schema hotlookup_grace authorization ${OWNER};
    create table scanner.payloads (digest text primary key); insert into scanner.payloads values ('digest');
    alter table scanner.payloads owner to ${OWNER}`);
  await database.connect(
    (owner) => owner.query(`alter table ${PARENT} add foreign key (payload_digest) references scanner.payloads`),
    OWNER,
  );
  await addMonths(database, -13, -1);
}

/** Runs the helper through a proxy that cuts the connection at the first message with this text, passed on before that or not. */
async function cutAt(database: Database, text: string, deliver: boolean, options: string): Promise<void> {
  const isDetached = ['DROP CONSTRAINT', 'SET SCHEMA', 'DROP TABLE'].includes(text);
  const proxy = await createProxy({ target: database.place.port, cutAt: { text, deliver } });
  try {
    const dsn = dsnOf(database, OWNER).replace(`Port=${database.place.port}`, `Port=${proxy.port}`);
    const { report, ...ran } = await runHelper(database, { dsn, options });
    expect(ran).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('is unknown; the next run looks') });
    expect(report.partitions[0]).toMatchObject({
      action: isDetached ? 'detached' : 'unknown',
      reason: 'the connection ended while it was worked on; the next run finds out what became of it',
    });
  } finally {
    await proxy.close();
  }
}

describe.each(someServer('recover'))('$label', (server) => {
  describe.each([
    ['COMMENT ON TABLE', '', 0],
    [' CONCURRENTLY', '', 0],
    ['RESET lock_timeout', '', 0],
    ['DROP CONSTRAINT', '', 0],
    ['SET SCHEMA', '--grace-days 3', 1],
    ['DROP TABLE', '', 0],
  ])('a connection that is cut at %s', (text, options, held) => {
    test.each([
      ['before', false],
      ['after', true],
    ])('%s it reached the server: the next run comes to the same end', (_, deliver) =>
      onDatabase(server, async (database) => {
        await prepare(database);
        await cutAt(database, text, deliver, options);
        await until(database, ALONE);
        expect((await leftovers(database)).filter((what) => what.startsWith('unmarked'))).toEqual([]);
        expect(await runHelper(database, { options })).toMatchObject({ exitCode: 0, stderr: '', report: { ok: true } });
        expect(await partitionsOf(database)).toHaveLength(14);
        const tables = await database.query(
          `select from pg_class where relnamespace = 'hotlookup_grace'::regnamespace and relkind = 'r'`,
        );
        expect(tables).toHaveLength(held);
        expect(await leftovers(database)).toEqual([]);
      })(),
    );
  });

  test(
    'a helper that is killed in the second phase leaves a pending detach, which the next run finalises',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await whileReading(database, async () => {
        const run = startHelper(database);
        await until(database, PENDING);
        run.kill('SIGKILL');
        expect((await run).signal).toBe('SIGKILL');
        await until(database, ALONE);
        expect(await database.query(PENDING)).toHaveLength(1);
      });
      const next = await runHelper(database);
      expect(next).toMatchObject({ exitCode: 0, stderr: '' });
      expect(actions(next.report).slice(0, 2)).toEqual([-14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`));
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test('so does a server that crashes there', async () => {
    const cluster = await createCluster({ installation: server });
    try {
      const database = await createScannerDatabase(cluster);
      await addMonths(database, -14, -1);
      const { sockets: host, port } = cluster;
      const reader = new pg.Client({ host, port, user: OWNER, database: database.name });
      const losses: Error[] = [];
      reader.on('error', (error) => losses.push(error));
      await reader.connect();
      await becomePlain(reader);
      await reader.query(`begin; select count(*) from ${PARENT}`);
      const run = startHelper(database);
      await until(database, PENDING);
      await cluster.stop('SIGKILL');
      expect(await run).toMatchObject({ exitCode: 4 });
      await cluster.start();
      expect(await database.query(PENDING)).toHaveLength(1);
      expect(await runHelper(database)).toMatchObject({ exitCode: 0, report: { ok: true } });
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await leftovers(database)).toEqual([]);
      expect(losses).not.toEqual([]);
    } finally {
      await cluster.dispose();
    }
  });

  test(
    'a pending detach of a month that is in use is left to a person, with the command',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await leavePending(database);
      await database.query(`update pg_description set description = replace(replace(description, '${firstOfMonth(-13)}', '${firstOfMonth(1)}'), '${firstOfMonth(-14)}', '${firstOfMonth(0)}')
        where objoid = '${partitionName(-14)}'::regclass and objsubid = 0`);
      const ran = await runHelper(database);
      expect(ran).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/its months are in use.*\n.*DETACH PARTITION .* FINALIZE/),
      });
      expect(await database.query(PENDING)).toHaveLength(1);
      expect(await runHelper(database, { args: ['ensure', '2'] })).toMatchObject({ exitCode: 0 });
    }),
  );

  test(
    "somebody else's pending detach is named, and nothing is begun",
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await whileReading(database, async () => {
        await database.connect(async (other) => {
          await other.query(`set lock_timeout = '100ms'`);
          const detach = other.query(`alter table ${PARENT} detach partition ${partitionName(-14)} concurrently`);
          await expect(detach).rejects.toMatchObject({ code: '55P03' });
        }, OWNER);
      });
      const ran = await runHelper(database);
      expect(ran).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/somebody else's detach of .* is pending/),
      });
      expect(await runHelper(database, { args: ['ensure', '2'] })).toMatchObject({ exitCode: 0 });
    }),
  );
});
