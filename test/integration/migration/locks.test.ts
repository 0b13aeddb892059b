import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { setClock } from '../../harness/jobs/clock.ts';
import { dropOld, ensure, insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase, MAINTAINER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';

describe.each(inject('servers'))('$label: locks', (server) => {
  let database: Database;
  beforeEach(async () => {
    database = await createScannerDatabase(server);
    await setClock(database, '2028-01-15 00:00+00');
    await database.connect((client) => ensure(client, 0), MAINTAINER);
  });
  afterEach(() => database.drop());

  /** Two sessions, whose waits for locks end soon. */
  const withTwo = (use: (first: pg.Client, second: pg.Client) => Promise<void>) =>
    database.connect((first) =>
      database.connect(async (second) => {
        for (const client of [first, second]) await client.query("set lock_timeout = '300ms'");
        await use(first, second);
      }),
    );

  const locksOnParent = async (client: pg.Client) => {
    const { rows } = await client.query(
      `select mode from pg_locks where pid = pg_backend_pid() and relation = '${PARENT}'::regclass order by mode`,
    );
    return rows.map(({ mode }) => mode);
  };

  test('ensure waits for no reader or writer, and neither waits for it', async () => {
    await withTwo(async (worker, maintenance) => {
      await worker.query(`begin; select from ${PARENT}`);
      await insertRow(worker, '2028-01-10 00:00+00', 'before');
      // The form that the function avoids.
      const partitionOf = `create table scanner.blocking partition of ${PARENT} for values from ('2040-01-01') to ('2040-02-01')`;
      await expect(maintenance.query(partitionOf)).rejects.toMatchObject({ code: '55P03' });
      await maintenance.query('begin');
      expect(await ensure(maintenance, 3)).toContain('created 2028-04-01T00:00 2028-05-01T00:00');
      expect(await locksOnParent(maintenance)).toEqual(['AccessShareLock', 'ShareUpdateExclusiveLock']);
      await insertRow(worker, '2028-01-10 00:00+00', 'meanwhile');
      await worker.query(`select from ${PARENT}`);
      await maintenance.query('commit');
      await insertRow(worker, '2028-04-10 00:00+00', 'after');
      await worker.query('commit');
    });
    expect(await database.query(`select from ${PARENT}`)).toHaveLength(3);
  });

  test('where nothing is missing, ensure takes no lock on the table that outlasts a look', async () => {
    await withTwo(async (maintenance) => {
      await maintenance.query('begin');
      expect(await ensure(maintenance, 0)).toEqual(['exists 2028-01-01T00:00 2028-02-01T00:00']);
      expect(await locksOnParent(maintenance)).toEqual([]);
    });
  });

  test('a drop gives up after lock_timeout behind a reader, and has dropped nothing', async () => {
    await setClock(database, '2028-06-15 00:00+00');
    await withTwo(async (reader, maintenance) => {
      await ensure(maintenance, 0);
      const before = await partitionsOf(database);
      await reader.query(`begin; select from ${PARENT}`);
      await expect(dropOld(maintenance, 1, false)).rejects.toMatchObject({ code: '55P03' });
      expect(await dropOld(maintenance, 1, true)).toHaveLength(before.length - 1);
      expect(await partitionsOf(database)).toEqual(before);
    });
  });

  test('a second session waits for the first, and then finds the work done', async () => {
    await withTwo(async (first, second) => {
      await first.query('begin');
      await ensure(first, 2);
      await expect(ensure(second, 2)).rejects.toMatchObject({ code: '55P03' });
      await second.query('set lock_timeout = 0');
      const waiting = ensure(second, 2);
      await untilWaiting(first, second);
      await first.query('commit');
      expect((await waiting).map((line) => line.split(' ')[0])).toEqual(['exists', 'exists', 'exists']);
    });
  });

  test.each(['repeatable read', 'serializable'])(
    'with an old %s snapshot it says that it must be called again',
    async (level) => {
      await withTwo(async (old, other) => {
        await old.query(`begin isolation level ${level}; select 1`);
        await ensure(other, 1);
        await expect(ensure(old, 1)).rejects.toMatchObject({
          code: '40001',
          hint: 'Roll back and call the function again.',
        });
        await old.query(`rollback; begin isolation level ${level}`);
        expect(await ensure(old, 2)).toHaveLength(3);
        await old.query('commit');
      });
    },
  );

  test('a partition that was detached after the snapshot is not dropped', async () => {
    await setClock(database, '2028-06-15 00:00+00');
    await withTwo(async (old, other) => {
      await ensure(other, 0);
      await old.query('begin isolation level repeatable read; select 1');
      await other.query(`alter table ${PARENT} detach partition scanner.artifact_boms_2028_01`);
      await expect(dropOld(old, 1, false)).rejects.toMatchObject({
        code: '40001',
        message: expect.stringContaining('scanner.artifact_boms_2028_01'),
      });
      await old.query('rollback');
      expect(await other.query('select from scanner.artifact_boms_2028_01')).toBeDefined();
    });
  });

  test('a table that took over the name of a partition after the snapshot is not dropped', async () => {
    await setClock(database, '2028-06-15 00:00+00');
    await withTwo(async (old, other) => {
      await ensure(other, 0);
      await old.query('begin isolation level repeatable read; select 1');
      await other.query(`alter table scanner.artifact_boms_2028_01 rename to january`);
      await other.query(`create table scanner.artifact_boms_2028_01 ()`);
      await dropOld(old, 4, false);
      await old.query('commit');
      const { rows } = await other.query(
        `select to_regclass('scanner.january') as renamed, to_regclass('scanner.artifact_boms_2028_01') is null as gone`,
      );
      expect(rows).toEqual([{ renamed: null, gone: false }]);
    });
  });

  test('ensure and drop from many sessions at once leave what one of each would', async () => {
    await setClock(database, '2028-06-15 00:00+00');
    const runs = Array.from({ length: 8 }, (_, index) =>
      database.connect((client) => (index % 2 ? dropOld(client, 1, false) : ensure(client, 3)), MAINTAINER),
    );
    await Promise.all(runs);
    const left = (await partitionsOf(database)).map((line) => line.split(' ')[0]);
    expect(left).toEqual(['06', '07', '08', '09'].map((month) => `artifact_boms_2028_${month}`));
  });
});

/** Until the second session really waits for a lock that the first one holds; polls, as a wait has no event. */
async function untilWaiting(first: pg.Client, second: pg.Client): Promise<void> {
  const { processID } = second as unknown as { processID: number };
  for (;;) {
    const { rows } = await first.query('select pg_backend_pid() = any (pg_blocking_pids($1)) as waiting', [processID]);
    if (rows[0].waiting) return;
  }
}
