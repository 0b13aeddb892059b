import { describe, expect, inject, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { leavePending } from '../../harness/jobs/interrupted.ts';
import { actions, addMonths, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { commentOf, leftovers, setBack } from '../../harness/postgres/holding.ts';

const GRACE = { options: '--grace-days 3' };

const makeSchema = (database: Database) => database.query(`create schema hotlookup_grace authorization ${OWNER}`);

const heldTables = async (database: Database) =>
  (
    await database.query<{ name: string }>(
      `select relname as name from pg_class where relnamespace = to_regnamespace('hotlookup_grace') and relkind = 'r' order by 1`,
    )
  ).map(({ name }) => name);

const bare = (offset: number) => partitionName(offset).replace('scanner.', '');

describe.each(inject('servers'))('$label', (server) => {
  test(
    'what is due is held for its grace, and dropped by a later run',
    onDatabase(server, async (database) => {
      await makeSchema(database);
      await addMonths(database, -14, -1, 3);
      await database.query(`comment on table ${partitionName(-14)} is 'It''s mine'`);
      const ran = await runHelper(database, GRACE);
      expect(ran).toMatchObject({ exitCode: 0, stderr: '', report: { ok: true } });
      expect(ran.report.partitions[0]).toMatchObject({
        action: 'detached',
        reason: expect.stringMatching(/in grace until .* as hotlookup_grace\.artifact_boms_/),
      });
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await heldTables(database)).toEqual([bare(-14), bare(-13)]);
      expect(await database.query(`select count(*)::int from hotlookup_grace.${bare(-14)}`)).toEqual([{ count: 3 }]);
      expect(await commentOf(database, `hotlookup_grace.${bare(-14)}`)).toContain(`"comment":"It's mine"`);

      const meanwhile = await runHelper(database, GRACE);
      expect(meanwhile).toMatchObject({ exitCode: 0, stderr: '' });
      expect(actions(meanwhile.report).slice(0, 2)).toEqual(
        [-14, -13].map((offset) => `in-grace ${firstOfMonth(offset)}`),
      );
      expect(meanwhile.report.partitions[0]).toMatchObject({ partition: partitionName(-14), rows: 3 });
      await setBack(database, 2);
      await runHelper(database, GRACE);
      expect(await heldTables(database)).toHaveLength(2);

      await setBack(database, 1);
      const last = await runHelper(database, GRACE);
      expect(last).toMatchObject({ exitCode: 0, stderr: '' });
      expect(actions(last.report).slice(0, 2)).toEqual([-14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`));
      expect(await heldTables(database)).toEqual([]);
      expect(await leftovers(database)).toEqual([]);
    }),
  );

  test(
    'without the holding schema and the right to make it, nothing is begun; with that right, it is made',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const foretold = await runHelper(database, { ...GRACE, args: ['plan'] });
      expect(foretold).toMatchObject({
        exitCode: 5,
        stderr: expect.stringMatching(/^grace needs the schema hotlookup_grace, (?:.|\n)* CREATE SCHEMA/),
        report: { ok: false, plan: { statements: [{ action: 'ask' }] } },
      });
      const refused = await startHelper(database, GRACE);
      expect(refused).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('CREATE SCHEMA IF NOT EXISTS "hotlookup_grace" AUTHORIZATION "scanner_owner";'),
      });
      expect(await partitionsOf(database)).toHaveLength(15);
      await database.query(`grant create on database ${database.name} to ${OWNER}`);
      const { report } = await runHelper(database, { ...GRACE, args: ['plan'] });
      expect(report.plan?.statements[1]?.sql).toBe(
        'CREATE SCHEMA IF NOT EXISTS "hotlookup_grace" AUTHORIZATION "scanner_owner"',
      );
      expect(report.partitions[0]).toMatchObject({
        action: 'would-detach',
        reason: expect.stringMatching(/; then in grace until /),
      });
      expect(await runHelper(database, GRACE)).toMatchObject({ exitCode: 0 });
      expect(await heldTables(database)).toEqual([bare(-13)]);
    }),
  );

  test(
    'a detach that was stopped before there was any grace goes on to it, and says what that takes',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1, 3);
      await leavePending(database);
      expect(await runHelper(database, GRACE)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('CREATE SCHEMA IF NOT EXISTS "hotlookup_grace" AUTHORIZATION "scanner_owner";'),
        report: { partitions: expect.arrayContaining([expect.objectContaining({ action: 'finalized' })]) },
      });
      expect(await leftovers(database)).toEqual([]);
      await makeSchema(database);
      expect(await runHelper(database, GRACE)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await heldTables(database)).toEqual([bare(-13)]);
    }),
  );

  test(
    'a name that is taken in the holding schema, of the table or of its indexes, gets the OID behind',
    onDatabase(server, async (database) => {
      await makeSchema(database);
      for (const round of [1, 2]) {
        await addMonths(database, round === 1 ? -13 : -13, round === 1 ? -1 : -13);
        expect(await runHelper(database, GRACE)).toMatchObject({ exitCode: 0, stderr: '' });
        expect(await heldTables(database)).toHaveLength(round);
      }
      expect(await heldTables(database)).toEqual([bare(-13), expect.stringMatching(`^${bare(-13)}_\\d+$`)]);
      await setBack(database, 3);
      expect(await runHelper(database, GRACE)).toMatchObject({ exitCode: 0 });
      expect(await heldTables(database)).toEqual([]);
    }),
  );

  test(
    'what a longer retention would have kept is not dropped when its grace is over, and the way back is told',
    onDatabase(server, async (database) => {
      await makeSchema(database);
      await addMonths(database, -13, -1);
      await runHelper(database, GRACE);
      await setBack(database, 30);
      const longer = await runHelper(database, { ...GRACE, args: ['retention', '24', 'false'] });
      expect(longer).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(
          /warning: hotlookup_grace.*to put it back: scanner-artifact-boms-partitions\.sh restore \d{4}-\d\d/,
        ),
      });
      expect(await heldTables(database)).toHaveLength(1);
    }),
  );

  test(
    'what somebody attached again gets its comment back; what came out of a backup is left alone',
    onDatabase(server, async (database) => {
      await makeSchema(database);
      await addMonths(database, -14, -1);
      await database.query(`comment on table ${partitionName(-14)} is 'It''s mine'`);
      await runHelper(database, GRACE);
      const back = `hotlookup_grace.${bare(-14)}`;
      const copy = `hotlookup_grace.${bare(-13)}`;
      await database.connect(async (owner) => {
        await owner.query(`alter table ${PARENT} attach partition ${back} for values from
          ('${firstOfMonth(-14)} 00:00+00') to ('${firstOfMonth(-13)} 00:00+00')`);
        const { rows } = await owner.query(`select obj_description('${copy}'::regclass, 'pg_class') as comment`);
        await owner.query(`create table hotlookup_grace.copy (like ${copy} including all); drop table ${copy};
          alter table hotlookup_grace.copy rename to "${bare(-13)}"; comment on table ${copy} is '${rows[0].comment}'`);
      }, OWNER);
      const ran = await runHelper(database, { args: ['retention', '24', 'false'] });
      expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/bears the marker of another table/) });
      expect(await commentOf(database, back)).toBe("It's mine");
      await runHelper(database);
      expect(await heldTables(database)).toEqual([bare(-13)]);
    }),
  );

  test(
    'a table that depends on what is dropped stops it, and everything else goes on',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await database.connect(
        (owner) => owner.query(`create view scanner.old as select from ${partitionName(-14)}`),
        OWNER,
      );
      const ran = await runHelper(database);
      expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/the drop of .* failed: .*depend/) });
      expect(actions(ran.report).slice(0, 2)).toEqual([
        `detached ${firstOfMonth(-14)}`,
        `dropped ${firstOfMonth(-13)}`,
      ]);
      expect(await leftovers(database)).toEqual([]);
      expect(await runHelper(database, { args: ['ensure', '2'] })).toMatchObject({ exitCode: 0 });
      await database.query('drop view scanner.old');
      expect(await runHelper(database)).toMatchObject({ exitCode: 0 });
      expect(await database.query(`select to_regclass('${partitionName(-14)}') as name`)).toEqual([{ name: null }]);
    }),
  );
});
