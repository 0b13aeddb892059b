import { describe, expect, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import {
  ADVISORY_LOCKS,
  actions,
  addMonths,
  createSql,
  firstOfMonth,
  onDatabase,
  partitionName,
  replaceRetention,
  until,
} from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, OWNER, STRANGER } from '../../harness/jobs/scanner.ts';
import { leftovers } from '../../harness/postgres/holding.ts';
import { someServer } from '../../harness/postgres/some-server.ts';

const DRY = ['retention', '12', 'true'];

const droppedMonths = (...offsets: number[]) => offsets.map((offset) => `dropped ${firstOfMonth(offset)}`);

describe.each(someServer('concurrent'))('$label', (server) => {
  test(
    'the owner detaches concurrently and drops what is due, the oldest first; the next run finds nothing',
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -1, 3);
      const before = await partitionsOf(database);
      const rehearsal = await runHelper(database, { args: DRY });
      expect(rehearsal).toMatchObject({ exitCode: 0, stderr: '', report: { strategy: { chosen: 'concurrent' } } });
      expect(await partitionsOf(database)).toEqual(before);

      const ran = await runHelper(database);
      expect(ran).toMatchObject({
        exitCode: 0,
        stderr: '',
        report: { ok: true, lockWaits: 0, strategy: { chosen: 'concurrent', why: expect.stringContaining(OWNER) } },
      });
      expect(actions(ran.report).slice(0, 4)).toEqual([...droppedMonths(-15, -14, -13), `kept ${firstOfMonth(-12)}`]);
      expect(await partitionsOf(database)).toEqual(before.slice(3));
      expect(await database.query(`select to_regclass('${partitionName(-13)}') as name`)).toEqual([{ name: null }]);
      expect(await leftovers(database)).toEqual([]);

      const again = await runHelper(database);
      expect(again).toMatchObject({ exitCode: 0, report: { ok: true } });
      expect(actions(again.report).filter((action) => !action.startsWith('kept'))).toEqual([]);
    }),
  );

  test(
    'a member of the owner detaches too; who is none calls the function, and is told why',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const maintainer = await runHelper(database, { role: MAINTAINER, args: DRY });
      expect(maintainer.report.strategy).toEqual({
        chosen: 'function',
        why: `the role ${MAINTAINER} is not a member of ${OWNER}, which owns the table`,
      });
      const asked = await startHelper(database, { role: MAINTAINER, options: '--strategy concurrent' });
      expect(asked).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('GRANT "scanner_owner"'),
      });
      expect(JSON.parse(asked.stdout)).toMatchObject({
        ok: false,
        error: { exitCode: 5, advice: expect.stringContaining('GRANT "scanner_owner"') },
      });
      const member = `member_${database.name}`;
      await database.query(`create role ${member} login password 'secret'; grant ${OWNER} to ${member}`);
      try {
        const ran = await runHelper(database, { dsn: database.dsn(member, 'secret') });
        expect(ran).toMatchObject({ exitCode: 0, report: { strategy: { chosen: 'concurrent' } } });
        expect(actions(ran.report)[0]).toBe(`dropped ${firstOfMonth(-13)}`);
      } finally {
        await database.query(`drop owned by ${member}; drop role ${member}`);
      }
    }),
  );

  test(
    'beside a DEFAULT partition the function is called; strategy concurrent is refused',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.connect((owner) => owner.query(`create table scanner.rest partition of ${PARENT} default`), OWNER);
      const refused = await startHelper(database, { options: '--strategy concurrent' });
      expect(refused).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/DEFAULT partition \(scanner\.rest\)/),
      });
      const graceful = await startHelper(database, { options: '--grace-days 3' });
      expect(graceful).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/graceDays needs concurrent/) });
      const ran = await runHelper(database);
      expect(ran).toMatchObject({
        exitCode: 0,
        report: { strategy: { chosen: 'function', why: expect.stringContaining('DEFAULT') } },
      });
      expect(actions(ran.report)[0]).toBe(`dropped ${firstOfMonth(-13)}`);
    }),
  );

  test(
    'a candidate of another owner is named, and stops concurrent detaches',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await database.query(`alter table ${partitionName(-13)} owner to ${STRANGER}`);
      const told = await runHelper(database, { args: DRY });
      expect(told.report.strategy).toEqual({
        chosen: 'function',
        why: `the role ${OWNER} is not a member of ${STRANGER}, which owns ${partitionName(-13)}`,
      });
      const refused = await startHelper(database, { options: '--strategy concurrent' });
      expect(refused).toMatchObject({ exitCode: 5, stdout: expect.stringContaining('"error"') });
      expect(await partitionsOf(database)).toHaveLength(16);
    }),
  );

  test(
    'foreign keys of a partition are dropped before it is, and its drop does not lock the table that they point to',
    onDatabase(server, async (database) => {
      await database.connect(async (owner) => {
        await owner.query(`create table scanner.builds (build_id text primary key);
          create table scanner.payloads (digest text primary key); insert into scanner.payloads values ('digest')`);
        await owner.query(`alter table ${PARENT} add foreign key (payload_digest) references scanner.payloads`);
      }, OWNER);
      await addMonths(database, -14, -1);
      await database.query(`insert into scanner.builds values ('build 1');
        alter table ${partitionName(-14)} add constraint own foreign key (build_id) references scanner.builds`);
      await database.connect(async (client) => {
        await client.query('begin; select from scanner.payloads');
        const blocked = await runHelper(database, { options: '--lock-wait 1s' });
        expect(blocked).toMatchObject({ exitCode: 8, report: { ok: false } });
        expect(blocked.report.partitions[0]).toMatchObject({ action: 'detached' });
        expect(blocked.report.lockWaits).toBeGreaterThan(0);
        await client.query('commit');
      }, OWNER);
      expect(await leftovers(database)).toEqual([]);
      const ran = await runHelper(database);
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
      expect(actions(ran.report).slice(0, 2)).toEqual(droppedMonths(-14, -13));
    }),
  );

  test(
    'foreign keys that point to the table are refused with their names before anything is touched',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.connect(
        (owner) =>
          owner.query(`create table scanner.notes (build_id text, at timestamptz,
            constraint note_of foreign key (build_id, at) references ${PARENT})`),
        OWNER,
      );
      const ran = await runHelper(database);
      expect(ran).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/note_of \(scanner\.notes to scanner\.artifact_boms\)/),
      });
      expect(await partitionsOf(database)).toHaveLength(15);
      expect(await runHelper(database, { args: ['ensure', '2'] })).toMatchObject({ exitCode: 0 });
    }),
  );

  test.each([
    ['names a month that is to be kept', [-13, -5], /names scanner\.artifact_boms_.*, which is to be kept/],
    ['leaves out a month that is due', [-14], /leaves out scanner\.artifact_boms_/],
  ])('a dry run of the function that %s is exit 7', (_, offsets, message) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      const names = offsets.map((offset) => `('${partitionName(offset)}', 'would drop')`).join(', ');
      await replaceRetention(database, {
        returns: 'table (partition regclass, action text)',
        body: `begin return query select n::regclass, a from (values ${names}) v (n, a); end`,
      });
      const ran = await runHelper(database);
      expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(message) });
      expect(await partitionsOf(database)).toHaveLength(16);
    })(),
  );

  test.each([
    ['raises', `begin raise 'not today'; end`, 7],
    ['says nothing', 'begin end', 0],
  ])('a function that %s in its dry run', (_, body, exitCode) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await replaceRetention(database, { body });
      expect(await startHelper(database)).toMatchObject({ exitCode });
      expect(await partitionsOf(database)).toHaveLength(exitCode === 0 ? 14 : 15);
      expect(await runHelper(database, { args: ['ensure', '2'] })).toMatchObject({ exitCode: 0 });
    })(),
  );

  test(
    'without the function the owner needs none',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.query('drop function scanner.drop_artifact_boms_partitions_older_than(integer, boolean)');
      expect(await runHelper(database)).toMatchObject({ exitCode: 0, report: { ok: true } });
      expect(await partitionsOf(database)).toHaveLength(14);
    }),
  );

  test(
    'a partition that was made anew since the run began is not the one that was planned, and stays',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await replaceRetention(database, {
        body: `begin perform pg_catalog.set_config('lock_timeout', '0', true); perform pg_catalog.pg_advisory_xact_lock(42); end`,
      });
      await database.connect(async (client) => {
        await client.query('select pg_advisory_lock(42)');
        const run = runHelper(database);
        await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
        await database.connect((owner) => owner.query(`drop table ${partitionName(-13)}; ${createSql(-13)}`), OWNER);
        await client.query('select pg_advisory_unlock(42)');
        expect(await run).toMatchObject({
          exitCode: 7,
          stderr: expect.stringMatching(/is not what it was when this run began, and was not touched: it was dropped/),
        });
      });
      expect(await partitionsOf(database)).toHaveLength(15);
    }),
  );
});
