import { describe, expect, test } from 'vitest';
import { reportOf, runHelper, startHelper } from '../../harness/jobs/helper.ts';
import {
  ADVISORY_LOCKS,
  actions,
  addMonths,
  firstOfMonth,
  onDatabase,
  partitionName,
  until,
} from '../../harness/jobs/jobs.ts';
import { partitionsOf } from '../../harness/jobs/partitions.ts';
import { SUPERUSER } from '../../harness/postgres/cluster.ts';
import { commentOf, insertRows, leftovers, PENDING, whileReading } from '../../harness/postgres/holding.ts';
import { someServer } from '../../harness/postgres/some-server.ts';

const ensure = ['ensure', '2'];

describe.each(someServer('concurrent-locks'))('$label', (server) => {
  test(
    'behind a reader, ingest and ensure go on while the second phase waits for it',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await whileReading(database, async (end) => {
        const run = startHelper(database);
        await until(database, PENDING);
        expect(await runHelper(database, { args: ensure })).toMatchObject({ exitCode: 0, stderr: '' });
        // The reader stays until they are all in.
        await insertRows(database, 100);
        expect(await database.query(PENDING)).toHaveLength(1);
        await end();
        const ran = reportOf(await run);
        expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
        expect(actions(ran.report).slice(0, 2)).toEqual([-14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`));
      });
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test.each([
    [
      'older than the budget',
      undefined,
      /user scanner_owner, application a long report, in its transaction for [\d.]+ s/,
    ],
    ['of an age that cannot be seen', SUPERUSER, /user postgres, application a long report\)/],
  ])('a reader that is %s is named, and nothing is begun', (_, role, message) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.query(`comment on table ${partitionName(-13)} is 'It''s mine'`);
      const before = await partitionsOf(database);
      await whileReading(
        database,
        async () => {
          await until(
            database,
            `select from pg_stat_activity where datname = current_database() and application_name = 'a long report' and now() - xact_start > '300 ms'`,
          );
          const ran = await runHelper(database, { options: '--detach-timeout 300ms --lock-wait 1s' });
          expect(ran).toMatchObject({ exitCode: 8, stderr: expect.stringMatching(message) });
          expect(ran.report.lockWaits).toBeGreaterThan(0);
          expect(await partitionsOf(database)).toEqual(before);
          expect(await database.query(PENDING)).toEqual([]);
          expect(await runHelper(database, { args: ensure })).toMatchObject({ exitCode: 0 });
        },
        role === undefined ? {} : { role },
      );
      const kept = await runHelper(database, { args: ['retention', '24', 'false'] });
      expect(kept).toMatchObject({ exitCode: 0 });
      expect(kept.report.partitions[0]).toMatchObject({ action: 'restored' });
      expect(await commentOf(database, partitionName(-13))).toBe("It's mine");
      expect(await runHelper(database)).toMatchObject({ exitCode: 0 });
      expect(await leftovers(database)).toEqual([]);
    })(),
  );

  test(
    'a second phase that outlasts its budget is cut off and told, and the next run finalises it',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await whileReading(database, async () => {
        const ran = await runHelper(database, { options: '--detach-timeout 3s --lock-wait 10s' });
        expect(ran).toMatchObject({
          exitCode: 8,
          stderr: expect.stringMatching(
            /is pending, and process \d+ \(user scanner_owner.* held locks or older snapshots.*FINALIZE;/s,
          ),
        });
        expect(await database.query(PENDING)).toHaveLength(1);
        expect(await runHelper(database, { args: ensure })).toMatchObject({ exitCode: 0 });
      });
      const next = await runHelper(database);
      expect(next).toMatchObject({ exitCode: 0, report: { ok: true } });
      expect(actions(next.report).slice(0, 2)).toEqual([-14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`));
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test(
    'what the second phase left is finalised by the same run if the reader goes in time',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await whileReading(database, async (end) => {
        const run = startHelper(database, { options: '--detach-timeout 4s --lock-wait 2s' });
        await until(database, PENDING);
        // Each single wait of the second phase ends after half of what ensure waits: after that, only FINALIZE is left.
        await until(
          database,
          `select from pg_stat_activity where datname = current_database() and query like '%FINALIZE%' and pid <> pg_backend_pid()`,
        );
        await end();
        expect(reportOf(await run)).toMatchObject({ exitCode: 0, stderr: '' });
      });
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test(
    'while somebody reads the partition itself, ensure gets its turn',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await whileReading(
        database,
        async (end) => {
          const run = startHelper(database, { options: '--detach-timeout 6s --lock-wait 4s' });
          await until(database, PENDING);
          expect(await runHelper(database, { args: ensure })).toMatchObject({ exitCode: 0, stderr: '' });
          await end();
          await run;
        },
        { table: partitionName(-13) },
      );
      expect(await runHelper(database)).toMatchObject({ exitCode: 0 });
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test(
    'only one run is at it at a time, and it stops cleanly',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await whileReading(database, async () => {
        const first = startHelper(database);
        await until(database, PENDING);
        const second = await startHelper(database);
        expect(second.exitCode).toBe(6);
        expect(JSON.parse(second.stdout)).toMatchObject({ ok: false, error: { exitCode: 6, advice: null } });
        first.kill('SIGTERM');
        expect(await first).toMatchObject({ exitCode: 143 });
      });
      await until(database, `select where not exists (select from ${ADVISORY_LOCKS})`);
      expect(await runHelper(database)).toMatchObject({ exitCode: 0 });
      expect(await leftovers(database)).toEqual([]);
    }),
  );
});
