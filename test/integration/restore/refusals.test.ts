import { describe, expect, test } from 'vitest';
import { lockKey } from '../../../src/runtime/locking/key.ts';
import { startHelper } from '../../harness/jobs/helper.ts';
import { createSql, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { furnish, GRACE, heldName, monthText, OLDEST, putIntoGrace, takeOldest } from '../../harness/jobs/restoring.ts';
import { OWNER, STRANGER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { someServer } from '../../harness/postgres/some-server.ts';

const asOwner = (database: Database, text: string) => database.connect((owner) => owner.query(text), OWNER);

/** Runs restore for the month of a table that a backup brought back, or without one from grace. However it ends, a document is printed. */
async function restore(database: Database, fromTable?: string, role = OWNER, month = monthText(OLDEST)) {
  const args = ['restore', month, ...(fromTable ? ['--from-table', fromTable] : [])];
  const ran = await startHelper(database, { options: GRACE, role, args });
  const { job, ok, error } = JSON.parse(ran.stdout);
  expect(job ?? error.exitCode).toBe(job === undefined ? ran.exitCode : 'restore');
  if (ran.exitCode !== 0) expect(ok).toBe(false);
  return ran;
}

const COPY = `create table scanner.copy (like ${PARENT} including all)`;

/** A change of the copy, and what is said about it; each with what mends it. */
const UNFIT: ReadonlyArray<readonly [name: string, change: string, exitCode: number, message: RegExp]> = [
  ['no such table', 'drop table scanner.copy', 5, /scanner\.copy does not exist/],
  ['a view', 'drop table scanner.copy; create view scanner.copy as select 1 as one', 7, /is no ordinary table/],
  [
    'an unvalidated CHECK',
    'alter table scanner.copy drop constraint scored, add constraint scored check (evidence_score >= 0) not valid',
    7,
    /scored is not validated\. ALTER TABLE .* VALIDATE CONSTRAINT "scored";/,
  ],
  [
    'another CHECK of that name',
    'alter table scanner.copy drop constraint scored, add constraint scored check (evidence_score > 5)',
    7,
    /the constraint scored is .*> 5.*, not .*>= 0/,
  ],
  [
    'no such CHECK',
    'alter table scanner.copy drop constraint scored',
    7,
    /the constraint scored is missing\. ALTER TABLE .* ADD CONSTRAINT "scored" CHECK/,
  ],
  [
    'another primary key',
    'alter table scanner.copy drop constraint copy_pkey; alter table scanner.copy add primary key (build_id)',
    7,
    /its primary key copy_pkey is not that of/,
  ],
  [
    'a trigger of the same name',
    'create trigger touched before insert on scanner.copy for each row execute function scanner.touch()',
    7,
    /it has a trigger touched of its own.*DROP TRIGGER "touched"/,
  ],
  [
    'inheritance',
    'create table scanner.above (build_id text); alter table scanner.above alter column build_id set not null; alter table scanner.copy inherit scanner.above',
    7,
    /belongs to scanner\.above already/,
  ],
  ['an heir', 'create table scanner.below () inherits (scanner.copy)', 7, /scanner\.below inherit from scanner\.copy/],
];

describe.each(someServer('restore-refusals'))('$label', (server) => {
  test.each(UNFIT)('%s is refused, and nothing is changed', (_, change, exitCode, message) =>
    onDatabase(server, async (database) => {
      await furnish(database);
      await asOwner(database, `${COPY}; ${change}`);
      const before = await partitionsOf(database);
      const ran = await restore(database, 'scanner.copy');
      expect(ran).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
      expect(await partitionsOf(database)).toEqual(before);
    })(),
  );

  test(
    'everything that is wrong is told at once, each with what mends it; mended by that, it is attached',
    onDatabase(server, async (database) => {
      await furnish(database);
      await asOwner(
        database,
        `${COPY}; alter table scanner.copy drop column rekor_tile_id, add column extra int, alter column raw_bom_ref type varchar(9),
          alter column payload_digest drop not null, alter column merged_vex_ref type text collate "C", drop constraint scored`,
      );
      const ran = await restore(database, 'scanner.copy');
      expect(ran.exitCode).toBe(7);
      const fixes = ran.stderr.split('\n').flatMap((line) => line.match(/\. (ALTER .*;)$/)?.[1] ?? []);
      expect(fixes).toHaveLength(6);
      await asOwner(database, fixes.join('\n'));
      expect(await restore(database, 'scanner.copy')).toMatchObject({ exitCode: 0 });
      expect(await partitionsOf(database)).toHaveLength(3);
    }),
  );

  test(
    'rows outside the month are refused with their number and days, and so is a row without the key; no values are shown',
    onDatabase(server, async (database) => {
      await asOwner(
        database,
        `${COPY}; alter table scanner.copy drop constraint copy_pkey, alter column inserted_at drop not null;
          insert into scanner.copy (build_id, canonical_bom_sha256, payload_digest, inserted_at)
          select 'secret', 'sha', 'digest', x::timestamptz from unnest(array['${firstOfMonth(OLDEST)} 00:00+00', '${firstOfMonth(OLDEST + 1)} 00:00+00', '2001-02-03 04:05+00', null]) x`,
      );
      const ran = await restore(database, 'scanner.copy');
      expect(ran.exitCode).toBe(7);
      expect(ran.stderr).toContain(
        `2 rows of it lie outside [${firstOfMonth(OLDEST)}, ${firstOfMonth(OLDEST + 1)}), from 2001-02-03 to ${firstOfMonth(OLDEST + 1)}`,
      );
      expect(ran.stderr).toContain('1 row of it have no inserted_at');
      expect(ran.stderr).not.toContain('secret');
    }),
  );

  test(
    'an overlap is refused with the partition and its bounds; a month that is attached is nothing to do',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await asOwner(database, createSql(OLDEST));
      const overlap = await restore(database);
      expect(overlap).toMatchObject({
        exitCode: 7,
        stderr: expect.stringContaining(
          `overlap ${partitionName(OLDEST)} [${firstOfMonth(OLDEST)}, ${firstOfMonth(OLDEST + 1)})`,
        ),
      });
      expect(overlap.stderr).toContain(`its name ${partitionName(OLDEST)} is taken`);
      expect(await restore(database, partitionName(0), OWNER, monthText(0))).toMatchObject({ exitCode: 0 });
      const other = await restore(database, partitionName(0));
      expect(other).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/is a partition already, and not that of/),
      });
      expect(await restore(database, PARENT)).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/is the partitioned table itself/),
      });
      expect(await restore(database, heldName(OLDEST), OWNER, '2001-01')).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/was the partition of .* not for 2001-01/),
      });
      const none = await restore(database, undefined, OWNER, '2001-01');
      expect(none).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`in grace are ${heldName(OLDEST)} [${firstOfMonth(OLDEST)}`),
      });
    }),
  );

  test(
    'who moved it out of grace and renamed it gets that table attached, never another one that has its name',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      const before = await database.query(`select '${heldName(OLDEST)}'::regclass::oid as oid`);
      const name = partitionName(OLDEST);
      await asOwner(
        database,
        `alter table ${heldName(OLDEST)} set schema scanner; alter table ${name} rename to mine; create table ${name} (like scanner.mine including all)`,
      );
      expect(await restore(database)).toMatchObject({
        exitCode: 7,
        stderr: expect.stringContaining(`${name} is taken`),
      });
      await asOwner(database, `alter table ${name} rename to other`);
      expect(await restore(database)).toMatchObject({ exitCode: 0 });
      expect(
        await database.query(`select inhrelid as oid from pg_inherits where inhrelid = '${name}'::regclass`),
      ).toEqual(before);
    }),
  );

  test(
    'a partition in grace that is partitioned itself is attached by hand, as restore says',
    onDatabase(server, async (database) => {
      const partitioned = createSql(OLDEST).replace(/;$/, ' partition by list (build_id)');
      await asOwner(
        database,
        `${partitioned}; create table scanner.below partition of ${partitionName(OLDEST)} default`,
      );
      await asOwner(
        database,
        `insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at) values ('b', 's', 'd', '${firstOfMonth(OLDEST)} 01:00+00')`,
      );
      const before = await partitionsOf(database);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await takeOldest(database);
      const ran = await restore(database);
      expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('is partitioned itself') });
      await asOwner(database, /by hand: (.*)/.exec(ran.stderr)?.[1] ?? 'no statements');
      expect(await partitionsOf(database)).toEqual(before);
      expect(await restore(database)).toMatchObject({ exitCode: 0 });
    }),
  );

  test(
    'who owns neither table is told what to ask for',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await database.query(`grant usage on schema scanner, hotlookup_grace to ${STRANGER}`);
      const ran = await restore(database, undefined, STRANGER);
      expect(ran).toMatchObject({ exitCode: 5, stderr: expect.stringContaining(`GRANT "${OWNER}" TO "${STRANGER}";`) });
      await database.query(`create table scanner.copy (like ${PARENT} including all)`);
      const foreign = await restore(database, 'scanner.copy');
      expect(foreign).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining(`ALTER TABLE "scanner"."copy" OWNER TO "${OWNER}";`),
      });
    }),
  );

  test(
    'rows of the month in the DEFAULT partition are refused; without them its lock is warned of',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await asOwner(
        database,
        `create table scanner.rest partition of ${PARENT} default;
          insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at) values ('b', 's', 'd', '${firstOfMonth(OLDEST)} 01:00+00')`,
      );
      const ran = await restore(database);
      expect(ran).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/the DEFAULT partition scanner\.rest has 1 row of/),
      });
      await asOwner(database, 'delete from scanner.rest');
      expect(await restore(database)).toMatchObject({
        exitCode: 0,
        stderr: expect.stringMatching(/ATTACH locks the DEFAULT partition/),
      });
    }),
  );

  test(
    'while retention holds its lock, restore leaves',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await database.connect(async (other) => {
        await other.query(`select pg_advisory_lock(${lockKey('scanner-artifact-boms', 'retention')})`);
        expect(await restore(database)).toMatchObject({ exitCode: 6, stderr: expect.stringMatching(/holds its lock/) });
      });
      expect(await restore(database)).toMatchObject({ exitCode: 0 });
    }),
  );

  test(
    'an identity of its own is refused where the partitioned table has one for all, since 17',
    onDatabase(server, async (database) => {
      await asOwner(
        database,
        `alter table ${PARENT} add column number bigint ${server.major < 17 ? 'not null' : 'generated always as identity'}; ${COPY};
          ${server.major < 17 ? 'alter table scanner.copy alter column number add generated always as identity' : ''}`,
      );
      const ran = await restore(database, 'scanner.copy');
      if (server.major < 17) return expect(ran).toMatchObject({ exitCode: 0 });
      expect(ran).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/the column number has an identity.*DROP IDENTITY/),
      });
      await asOwner(database, 'alter table scanner.copy alter column number drop identity');
      expect(await restore(database, 'scanner.copy')).toMatchObject({ exitCode: 0 });
    }),
  );
});
