import { describe, expect, inject, test } from 'vitest';
import { reportOf, runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { ADVISORY_LOCKS, addMonths, dsnOf, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT } from '../../harness/jobs/partitions.ts';
import { furnish, GRACE, heldName, monthText, OLDEST, putIntoGrace, runRestore } from '../../harness/jobs/restoring.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import { insertRows, whileReading } from '../../harness/postgres/holding.ts';
import { createPooler } from '../../harness/postgres/pooler.ts';
import { testNeeding } from '../../harness/runner/needs.ts';

const args = ['restore', monthText(OLDEST)];

describe.each(inject('servers'))('$label', (server) => {
  test(
    'beside a reader that stays, ingest goes on, and the partition comes back',
    onDatabase(server, async (database) => {
      await putIntoGrace(database, 20_000);
      await whileReading(database, async () => {
        const run = startHelper(database, { options: GRACE, args });
        // The reader stays until both are done.
        const inserted = insertRows(database, 100);
        expect(reportOf(await run)).toMatchObject({
          exitCode: 0,
          report: { restoredRows: { before: 20_000, after: 20_000 }, lockWaits: 0 },
        });
        await inserted;
      });
    }),
  );

  test(
    'ATTACH trusts the CHECK that was validated before, and scans neither that nor the foreign key; all indexes are adopted',
    onDatabase(server, async (database) => {
      await furnish(database);
      await putIntoGrace(database);
      const { report } = await runRestore(database, ['--dry-run']);
      const statements = (report.plan?.statements ?? []).map(({ sql }) => sql);
      const said: string[] = [];
      await database.connect(async (owner) => {
        owner.on('notice', ({ message = '' }) => said.push(message));
        await owner.query('begin');
        for (const sql of statements) {
          if (sql.includes('ATTACH')) await owner.query('set local client_min_messages = debug1');
          await owner.query(sql);
          if (!sql.includes('ATTACH')) continue;
          const { rows } = await owner.query(
            `select relation::regclass::text as name, mode from pg_locks where pid = pg_backend_pid() and relation in ('${PARENT}'::regclass, '${partitionName(0)}'::regclass) and mode <> 'AccessShareLock'`,
          );
          expect(rows).toEqual([{ name: PARENT, mode: 'ShareUpdateExclusiveLock' }]);
          await owner.query('reset client_min_messages');
        }
        await owner.query('rollback');
      }, OWNER);
      const bare = partitionName(OLDEST).replace('scanner.', '');
      expect(said).toContain(`partition constraint for table "${bare}" is implied by existing constraints`);
      expect(said.filter((message) => /verifying table|validating foreign key|building index/.test(message))).toEqual(
        [],
      );
    }),
  );

  test(
    'who holds the lock is named when the budget is spent; what was prepared is not done again',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await database.connect(async (other) => {
        await other.query(
          `set application_name = 'a vacuum'; begin; lock table ${PARENT} in share update exclusive mode`,
        );
        const shown = await runRestore(database, ['--dry-run']);
        expect(shown.report.plan?.blockers).toEqual([expect.stringContaining('application a vacuum')]);
        const ran = await runHelper(database, { options: `${GRACE} --lock-wait 1s`, args });
        expect(ran).toMatchObject({ exitCode: 8, stderr: expect.stringMatching(/application a vacuum.*held locks/) });
        expect(ran.report.lockWaits).toBeGreaterThan(0);
        expect(ran.report.problems).toEqual([expect.stringMatching(/^gave up after/)]);
      });
      const again = await runRestore(database, ['--dry-run']);
      expect(again.report.plan?.statements[0]?.sql).not.toContain('COMMENT');
      expect(await runRestore(database)).toMatchObject({ exitCode: 0 });
    }),
  );

  test(
    'rows that come in while it works are neither lost nor an error: those of a foreign key are counted when all is done',
    onDatabase(server, async (database) => {
      await furnish(database);
      await putIntoGrace(database);
      await database.query(`insert into ${heldName(OLDEST)} (build_id, canonical_bom_sha256, payload_digest, inserted_at)
        values ('late', 'sha', 'digest', '${firstOfMonth(OLDEST)} 13:00+00')`);
      expect(await runRestore(database)).toMatchObject({
        exitCode: 0,
        report: { restoredRows: { before: 4, after: 4 } },
      });
    }),
  );

  testNeeding({ programs: ['pgbouncer'] }, 'through PgBouncer it does the same, and leaves no lock or setting', () =>
    onDatabase(server, async (database) => {
      await furnish(database);
      await addMonths(database, OLDEST, -1, 3);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      expect(await startHelper(database, { options: GRACE })).toMatchObject({ exitCode: 0 });
      const pooler = await createPooler(server, [database], [OWNER]);
      try {
        const ran = await runHelper(database, { dsn: pooler.dsn(database, OWNER), options: GRACE, args });
        expect(ran).toMatchObject({ exitCode: 0, report: { restoredRows: { before: 3, after: 3 } } });
        expect(await database.query(`select from ${ADVISORY_LOCKS}`)).toEqual([]);
      } finally {
        await pooler.close();
      }
      expect(await runHelper(database, { dsn: dsnOf(database, OWNER), args: ['status'] })).toMatchObject({
        exitCode: 0,
      });
    })(),
  );
});
