import { describe, expect, inject, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { actions, addMonths, createSql, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import {
  catalogOf,
  furnish,
  GRACE,
  heldName,
  monthText,
  OLDEST,
  putIntoGrace,
  runRestore,
  takeOldest,
} from '../../harness/jobs/restoring.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import { commentOf, leftovers } from '../../harness/postgres/holding.ts';

describe.each(inject('servers'))('$label', (server) => {
  test(
    'a partition comes back from grace as it was: rows, indexes, constraints, triggers, comment, name',
    onDatabase(server, async (database) => {
      await furnish(database);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await addMonths(database, OLDEST, -1, 3);
      await database.query(`comment on table ${partitionName(OLDEST)} is 'It''s mine'`);
      const before = { catalog: await catalogOf(database, partitionName(OLDEST)), parts: await partitionsOf(database) };
      await takeOldest(database);
      expect(await partitionsOf(database)).toEqual(before.parts.slice(1));

      const shown = await runRestore(database, ['--dry-run']);
      expect(shown).toMatchObject({ exitCode: 0, report: { dryRun: true, restoredRows: { before: 3, after: null } } });
      expect(actions(shown.report)).toEqual([`would-restore ${firstOfMonth(OLDEST)}`]);
      expect(await partitionsOf(database)).toEqual(before.parts.slice(1));
      expect(await commentOf(database, heldName(OLDEST))).not.toContain('restoring');

      const ran = await runRestore(database);
      expect(ran).toMatchObject({
        exitCode: 0,
        report: { job: 'restore', restoredRows: { before: 3, after: 3 }, lockWaits: 0 },
      });
      expect(actions(ran.report)).toEqual([`restored ${firstOfMonth(OLDEST)}`]);
      expect(await catalogOf(database, partitionName(OLDEST))).toEqual(before.catalog);
      expect(await partitionsOf(database)).toEqual(before.parts);
      expect(await database.query(`select count(*)::int from ${PARENT}`)).toEqual([{ count: 39 }]);
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test(
    'what is older than the retention is warned of; a second run has nothing to do',
    onDatabase(server, async (database) => {
      await furnish(database);
      await putIntoGrace(database);
      const ran = await runRestore(database);
      expect(ran).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(/the next retention takes it away again: .* keepMonths to 13 or more/),
      });
      expect(await runRestore(database)).toMatchObject({
        exitCode: 0,
        stderr: '',
        report: { ok: true, partitions: [{ action: 'kept', reason: expect.stringContaining('nothing to do') }] },
      });
      const longer = await runHelper(database, { options: GRACE, args: ['retention', '13', 'false'] });
      expect(longer).toMatchObject({ exitCode: 0, stderr: '' });
      expect(actions(longer.report)[0]).toBe(`kept ${firstOfMonth(OLDEST)}`);
      await takeOldest(database);
      expect(await runRestore(database)).toMatchObject({
        exitCode: 0,
        report: { restoredRows: { before: 3, after: 3 } },
      });
    }),
  );

  test(
    'the plan, carried out by hand, does the same',
    onDatabase(server, async (database) => {
      await furnish(database);
      await putIntoGrace(database);
      const { report } = await runRestore(database, ['--dry-run']);
      const statements = report.plan?.statements ?? [];
      expect(statements.map(({ sql, lock }) => `${sql.replace(/"[^ ]*"|'.*'/g, '…')} (${lock})`)).toEqual([
        'COMMENT ON TABLE … IS … (SHARE UPDATE EXCLUSIVE on the detached table)',
        'ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY (payload_digest) REFERENCES scanner.payloads(digest) NOT VALID (SHARE ROW EXCLUSIVE on scanner.payloads and on the detached table; it scans nothing)',
        'ALTER TABLE … VALIDATE CONSTRAINT … (SHARE UPDATE EXCLUSIVE on the detached table, ROW SHARE on scanner.payloads)',
        'ANALYZE … (SHARE UPDATE EXCLUSIVE on the detached table)',
        'ALTER TABLE … SET SCHEMA … (ACCESS EXCLUSIVE on the restored table alone)',
        'ALTER TABLE … ATTACH PARTITION … FOR VALUES FROM (…) (SHARE UPDATE EXCLUSIVE on the partitioned table, which no reader or writer waits for; ACCESS EXCLUSIVE on the restored table alone; ACCESS EXCLUSIVE on scanner.payloads, until the transaction ends)',
        'ALTER TABLE … DROP CONSTRAINT … (ACCESS EXCLUSIVE on the restored table alone)',
        'COMMENT ON TABLE … IS NULL (ACCESS EXCLUSIVE on the restored table alone)',
      ]);
      await database.connect(async (owner) => {
        await owner.query(`set timezone = 'Pacific/Kiritimati'`);
        for (const { sql } of statements) await owner.query(sql);
      }, OWNER);
      expect(await runRestore(database)).toMatchObject({
        exitCode: 0,
        report: { partitions: [{ reason: expect.stringContaining('nothing to do') }] },
      });
    }),
  );

  test(
    'names that were taken in the holding schema, of the table and its indexes, are what they were before',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await database.connect((owner) => owner.query(createSql(OLDEST)), OWNER);
      const before = await catalogOf(database, partitionName(OLDEST));
      await takeOldest(database);
      const ambiguous = await startHelper(database, { options: GRACE, args: ['restore', monthText(OLDEST)] });
      expect(ambiguous).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/2 tables in grace held.*\n.*--from-table/),
      });
      const [second] = await database.query<{ name: string }>(
        `select oid::regclass::text as name from pg_class where relnamespace = 'hotlookup_grace'::regnamespace and relkind = 'r' order by oid desc limit 1`,
      );
      expect(second?.name).toMatch(/_\d{5}$/);
      expect(await runRestore(database, ['--from-table', second?.name ?? ''])).toMatchObject({ exitCode: 0 });
      // The longest index name had to give way to the OID, and nobody knows its last letter any more.
      const after = await catalogOf(database, partitionName(OLDEST));
      expect(after.map((line) => line.replace('inserted_at_id ', 'inserted_at_idx '))).toEqual(before);
    }),
  );

  test(
    'status and retention offer the command for what a longer retention would have kept',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      const options = `${GRACE} --keep-months 24`;
      const command = `scanner-artifact-boms-partitions.sh restore ${monthText(OLDEST)}`;
      const status = await runHelper(database, { options, args: ['status'] });
      expect(status.report.partitions[0]).toMatchObject({
        action: 'in-grace',
        reason: expect.stringContaining(command),
      });
      const kept = await runHelper(database, { options, args: ['retention', '24', 'false'] });
      expect(kept).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(command) });
    }),
  );

  test(
    'a partition of several months, or without end, comes back with the bounds that it had',
    onDatabase(server, async (database) => {
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await addMonths(database, OLDEST, -1);
      await database.connect(
        (owner) =>
          owner.query(`create table scanner.early partition of ${PARENT} for values from (minvalue) to ('${firstOfMonth(OLDEST - 3)} 00:00+00');
            ${createSql(OLDEST - 3, firstOfMonth(OLDEST))}`),
        OWNER,
      );
      const before = { parts: await partitionsOf(database), early: await catalogOf(database, 'scanner.early') };
      await takeOldest(database);
      expect(await partitionsOf(database)).toHaveLength(before.parts.length - 3);
      for (const month of ['2001-01', monthText(OLDEST - 2), monthText(OLDEST)])
        expect(await runHelper(database, { options: GRACE, args: ['restore', month] })).toMatchObject({ exitCode: 0 });
      expect(await partitionsOf(database)).toEqual(before.parts);
      expect(await catalogOf(database, 'scanner.early')).toEqual(before.early);
    }),
  );
});
