import { describe, expect, inject, test } from 'vitest';
import { runHelper } from '../../harness/jobs/helper.ts';
import { addMonths, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';

const RETAIN = ['retention', '3', 'false'];

const LIVE = `select pg_stat_get_live_tuples('${partitionName(-1)}'::regclass) as live`;

const inGrace = async (database: Database) =>
  Number(
    (
      await database.query(
        "select count(*) from pg_class where relkind = 'r' and relnamespace = to_regnamespace('hotlookup_grace')",
      )
    )[0]?.['count'],
  );

describe.each(inject('servers'))('$label', (server) => {
  test.each([OWNER, MAINTAINER])(
    '%s: where ingest has stopped for months, nothing is dropped unless it is allowed',
    (role) =>
      onDatabase(server, async (database) => {
        // As months ahead would look by two clocks that are wrong: ensure has run, and ingest has not come there.
        await addMonths(database, -9, -4, 5);
        await addMonths(database, -3, -1, 0);
        const before = await partitionsOf(database);
        for (const args of [RETAIN, ['retention', '3', 'true']]) {
          expect(await runHelper(database, { role, args })).toMatchObject({
            exitCode: 7,
            stderr: expect.stringMatching(/the last month with rows is \d{4}-\d\d, and the clocks say .*--allow-idle/),
          });
        }
        expect(await partitionsOf(database)).toEqual(before);
        const status = await runHelper(database, { role, options: '--keep-months 3', args: ['status'] });
        expect(status.report.problems).toEqual([
          expect.stringMatching(/^retention would drop nothing: the last month/),
        ]);

        // A day of ingest by the wrong clock.
        await database.connect((client) => insertRow(client, new Date().toISOString(), 'now'), OWNER);
        expect(await runHelper(database, { role, args: RETAIN })).toMatchObject({
          exitCode: 7,
          stderr: expect.stringMatching(/lie 3 months without rows/),
        });
        const allowed = ['--allow-drops', '9', '--allow-idle'];
        expect(await runHelper(database, { role, args: [...RETAIN, ...allowed] })).toMatchObject({ exitCode: 0 });
        expect(await partitionsOf(database)).toHaveLength(before.length - 6);
      })(),
  );

  test(
    'a table that is idle on purpose',
    onDatabase(server, async (database) => {
      await addMonths(database, -9, -4, 5);
      expect(await runHelper(database, { options: '--idle', args: [...RETAIN, '--allow-drops', '9'] })).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
    }),
  );

  test.each([
    ['deleted', (table: string) => `delete from ${table}`],
    ['deleted and vacuumed', (table: string) => `delete from ${table}; vacuum ${table}`],
    ['truncated', (table: string) => `truncate ${table}`],
  ])('a month that was filled and then %s is empty', (_, emptied) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -5, 0 - 1, 50);
      for (const offset of [-1, -2])
        for (const statement of emptied(partitionName(offset)).split('; ')) await database.query(statement);
      // Statistics are told when their session ends, a moment later.
      await expect
        .poll(async () => (await runHelper(database, { args: RETAIN })).exitCode, { timeout: 20_000 })
        .toBe(7);
    })(),
  );

  test(
    'what is in grace is not dropped where it alone has rows',
    onDatabase(server, async (database) => {
      await addMonths(database, -9, -1, 5);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      const detach = { role: OWNER, options: '--grace-days 9', args: [...RETAIN, '--allow-drops', '9'] };
      expect(await runHelper(database, detach)).toMatchObject({ exitCode: 0, stderr: '' });
      for (const offset of [-1, -2, -3]) await database.query(`truncate ${partitionName(offset)}`);
      const ending = { role: OWNER, options: '--grace-days 0', args: [...RETAIN, '--apply-grace-days'] };
      expect(await runHelper(database, ending)).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/the last month with rows is/),
      });
      expect(await inGrace(database)).toBe(6);
      expect(await runHelper(database, { ...ending, args: [...ending.args, '--allow-idle'] })).toMatchObject({
        exitCode: 0,
      });
      expect(await inGrace(database)).toBe(0);
    }),
  );

  test(
    'statistics that were reset do not make rows vanish',
    onDatabase(server, async (database) => {
      await addMonths(database, -4, -1, 3_000);
      for (const offset of [-4, -3, -2, -1]) await database.query(`analyze ${partitionName(offset)}`);
      await database.query('select pg_stat_reset()');
      // So little that it tells nothing of what was there.
      await database.connect((client) => insertRow(client, `${firstOfMonth(-1)}T12:00:00Z`, 'late'), OWNER);
      await expect
        .poll(async () => Number((await database.query(LIVE))[0]?.['live']), { timeout: 20_000 })
        .toBeGreaterThan(0);
      const { report, exitCode } = await runHelper(database, { args: [...RETAIN, '--json'] });
      expect(exitCode).toBe(0);
      expect(report.partitions.slice(0, 4).map(({ rows }) => (rows ?? 0) >= 3_000)).toEqual(Array(4).fill(true));
    }),
  );

  test(
    'nothing is asked where nothing is due',
    onDatabase(server, async (database) => {
      await addMonths(database, -3, -3, 5);
      expect(await runHelper(database, { args: ['retention', '12', 'false'] })).toMatchObject({
        exitCode: 0,
        stderr: '',
      });
      expect(await database.query(`select from ${PARENT}`)).toHaveLength(5);
    }),
  );
});
