import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  ADVISORY_LOCKS,
  actions,
  addMonths,
  createSql,
  dsnOf,
  firstOfMonth,
  onDatabase,
  partitionName,
  replaceEnsure,
  report,
  runJob,
  runScript,
  startScript,
  until,
} from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import { someServer } from '../../harness/postgres/some-server.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';

/** Keeps the function waiting, past any lock_timeout, as long as the test holds this lock. */
const HOLD = `perform pg_catalog.set_config('lock_timeout', '0', true); perform pg_catalog.pg_advisory_xact_lock(42);`;

let tree: Tree;
beforeAll(async () => {
  tree = await writeTree();
});
afterAll(() => tree.dispose());

describe.each(someServer('ensure'))('$label', (server) => {
  test(
    'creates what is missing, then has nothing to do',
    onDatabase(server, async (database) => {
      const first = await report(tree, database, 'ensure', '3');
      expect(first).toMatchObject({ exitCode: 0, stderr: '', report: { ok: true, missing: [] } });
      expect(actions(first.report)).toEqual(
        ['kept', 'kept', 'created', 'created'].map((action, offset) => `${action} ${firstOfMonth(offset)}`),
      );
      expect(first.report.runwayUntil).toBe(firstOfMonth(4));

      const second = await runJob(tree, database, 'ensure', '3');
      expect(second).toMatchObject({ exitCode: 0, stderr: '' });
      expect(second.stdout).toContain('nothing to do, every wanted month exists; runway ');
      expect(await partitionsOf(database)).toHaveLength(4);
    }),
  );

  test(
    'fewer months ahead than exist take nothing away, and a gap in history stops nothing',
    onDatabase(server, async (database) => {
      await addMonths(database, -9, -7);
      expect((await report(tree, database, 'ensure', '0')).exitCode).toBe(0);
      expect((await report(tree, database, 'ensure', '2')).report.gaps).toEqual([
        { from: firstOfMonth(-6), to: firstOfMonth(0) },
      ]);
      expect(await partitionsOf(database)).toHaveLength(6);
    }),
  );

  test(
    'a partition longer than a month counts for each month in it',
    onDatabase(server, async (database) => {
      await database.query(createSql(2, firstOfMonth(5)));
      const { exitCode, report: found } = await report(tree, database, 'ensure', '5');
      expect(exitCode).toBe(0);
      expect(actions(found).map((action) => action.split(' ')[0])).toEqual(['kept', 'kept', 'kept', 'created']);
    }),
  );

  test.each([
    ['creates nothing', '', /left months without a partition: .*, /],
    [
      'drops a partition',
      `begin drop table ${partitionName(0)}; end`,
      /rolled back: it removed scanner\.artifact_boms_/,
    ],
    ['detaches a partition', `begin alter table ${PARENT} detach partition ${partitionName(1)}; end`, /it removed/],
    [
      'creates half a month',
      `begin ${createSql(2, `${firstOfMonth(2).slice(0, 8)}15`)} end`,
      /not one whole month in UTC/,
    ],
    ['creates a quarter', `begin ${createSql(2, firstOfMonth(5))} end`, /not one whole month in UTC/],
    ['creates one month more', `begin ${[2, 3, 4].map((offset) => createSql(offset)).join('')} end`, /not asked for/],
    ['creates a month of the past', `begin ${createSql(-1)} end`, /not asked for/],
    [
      'creates a DEFAULT partition',
      `begin create table scanner.d partition of ${PARENT} default; end`,
      /scanner\.d DEFAULT/,
    ],
    ['raises', `begin raise exception 'no % today', months_ahead; end`, /failed: no 3 today \(SQLSTATE P0001\)/],
    ['commits', 'begin commit; end', /invalid transaction termination \(SQLSTATE 2D000\)/],
  ])('a function that %s is exit 7 and changes nothing', (_, body, message) =>
    onDatabase(server, async (database) => {
      const before = await partitionsOf(database);
      await replaceEnsure(database, { body: body || 'begin end' });
      const ran = await runJob(tree, database, 'ensure', '3');
      expect(ran).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(message) });
      expect(await partitionsOf(database)).toEqual(before);
    })(),
  );

  test(
    'a function that takes longer than Command Timeout allows is stopped, and exit 8 lets the unit try again',
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: 'begin perform pg_sleep(30); end' });
      const ran = await runScript(tree, 'ensure', [], { PG_DSN: `${dsnOf(database)};Command Timeout=1` });
      expect(ran).toMatchObject({ exitCode: 8, stderr: expect.stringMatching(/statement timeout.*Command Timeout/s) });
    }),
  );

  test(
    'a correct month is kept although another one is still missing',
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: `begin ${createSql(3)} end` });
      const { exitCode, stderr, report: found } = await report(tree, database, 'ensure', '3');
      expect(exitCode).toBe(7);
      expect(stderr).toContain(`left months without a partition: ${firstOfMonth(2).slice(0, 7)}\n`);
      expect(actions(found)).toContain(`created ${firstOfMonth(3)}`);
      expect(found).toMatchObject({ ok: false, missing: [firstOfMonth(2).slice(0, 7)] });
      expect(await partitionsOf(database)).toHaveLength(3);
    }),
  );

  test.each([
    ['void', { body: 'begin %s end' }],
    ['an int', { body: 'begin %s return months_ahead; end', returns: 'int' }],
    ['json', { body: `begin %s return '{"a": [1]}'; end`, returns: 'json' }],
    ['no row', { body: 'begin %s return; end', returns: 'setof text' }],
    [
      'rows of a table',
      {
        body: `begin %s return query select 1, text 'two'; return query select 3, text 'four'; end`,
        returns: 'table (a int, b text)',
      },
    ],
    [
      'one unnamed record',
      { body: `declare r record; begin %s select 1, 'x' into r; return r; end`, returns: 'record' },
    ],
    ['nothing, as a procedure', { body: 'begin %s end', as: 'procedure' as const }],
  ])('the function may return %s', (_, { body, ...rest }) =>
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: body.replace('%s', createSql(2)), ...rest });
      expect(await runJob(tree, database, 'ensure', '2')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await partitionsOf(database)).toHaveLength(3);
    })(),
  );

  test(
    'what its own owner may not do is exit 5',
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: 'begin perform pg_reload_conf(); end' });
      const ran = await runJob(tree, database, 'ensure');
      expect(ran).toMatchObject({
        exitCode: 5,
        stderr: expect.stringMatching(/permission denied for function pg_reload_conf/),
      });
    }),
  );

  test(
    'of two runs at once one works and the other says so with exit 6; retention is not held up',
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: `begin ${HOLD} ${createSql(2)} end` });
      await database.connect(async (client) => {
        await client.query('select pg_advisory_lock(42)');
        const first = runJob(tree, database, 'ensure', '2');
        await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
        const second = await runJob(tree, database, 'ensure', '2');
        expect(second).toMatchObject({
          exitCode: 6,
          stdout: '',
          stderr: expect.stringMatching(/another run of the ensure job/),
        });
        expect(await runJob(tree, database, 'retention')).toMatchObject({ exitCode: 0 });
        await client.query('select pg_advisory_unlock(42)');
        expect(await first).toMatchObject({ exitCode: 0, stderr: '' });
      });
      expect(await partitionsOf(database)).toHaveLength(3);
      expect(await database.query(`select from ${ADVISORY_LOCKS}`)).toEqual([]);
    }),
  );

  test(
    'a month that somebody else creates meanwhile is no failure',
    onDatabase(server, async (database) => {
      const body = `begin if to_regclass('${partitionName(2)}') is null then
        ${HOLD} ${createSql(2)} end if; end`;
      await replaceEnsure(database, { body });
      await database.connect(async (client) => {
        await client.query('select pg_advisory_lock(42)');
        const run = report(tree, database, 'ensure', '2');
        await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
        await database.query(createSql(2));
        await client.query('select pg_advisory_unlock(42)');
        expect(await run).toMatchObject({ exitCode: 0, stderr: '', report: { missing: [] } });
      });
    }),
  );

  test(
    'a run that was killed leaves its lock although its statement waits, and the next one does the work',
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: `begin ${HOLD} ${createSql(2)} end` });
      await database.connect(async (client) => {
        await client.query('select pg_advisory_lock(42)');
        const first = startScript(tree, 'ensure', ['2'], { PG_DSN: dsnOf(database) });
        await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
        first.kill('SIGKILL');
        expect((await first).signal).toBe('SIGKILL');
        await until(database, `select where not exists (select from ${ADVISORY_LOCKS} and objid <> 42)`);
        await client.query('select pg_advisory_unlock(42)');
      });
      expect(await runJob(tree, database, 'ensure', '2')).toMatchObject({ exitCode: 0 });
      expect(await partitionsOf(database)).toHaveLength(3);
    }),
  );

  test(
    'a session that the server ends is exit 4 and says why, and nothing of the call is kept',
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: `begin ${createSql(2)} ${HOLD} end` });
      await database.connect(async (client) => {
        await client.query('select pg_advisory_lock(42)');
        const run = runJob(tree, database, 'ensure', '2');
        await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
        await database.query(`select pg_terminate_backend(pid) from ${ADVISORY_LOCKS} and not granted`);
        expect(await run).toMatchObject({
          exitCode: 4,
          stdout: '',
          stderr: expect.stringMatching(/terminating connection due to administrator command/),
        });
      });
      expect(await partitionsOf(database)).toHaveLength(2);
    }),
  );

  test(
    'SIGTERM is exit 143, and nothing of the call is kept',
    onDatabase(server, async (database) => {
      await replaceEnsure(database, { body: `begin ${createSql(2)} ${HOLD} end` });
      await database.connect(async (client) => {
        await client.query('select pg_advisory_lock(42)');
        const run = startScript(tree, 'ensure', ['2'], { PG_DSN: dsnOf(database) });
        await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
        run.kill('SIGTERM');
        expect(await run).toMatchObject({ exitCode: 143, stderr: expect.stringMatching(/^stopped by SIGTERM/) });
        await client.query('select pg_advisory_unlock(42)');
      });
      expect(await partitionsOf(database)).toHaveLength(2);
    }),
  );

  test(
    'a blocked table is exit 8 when the budget is spent, and the run goes through once it is free',
    onDatabase(server, async (database) => {
      const short = await writeTree({ budgets: { lockWait: '1s' } });
      try {
        await database.connect(async (blocker) => {
          await blocker.query(`begin; lock table ${PARENT} in share update exclusive mode`);
          const blocked = await runJob(short, database, 'ensure', '2');
          expect(blocked).toMatchObject({
            exitCode: 8,
            stdout: '',
            stderr: expect.stringMatching(/budget of 1s is spent/),
          });
          expect(await partitionsOf(database)).toHaveLength(2);

          const patient = runJob(tree, database, 'ensure', '2');
          await until(
            database,
            `select from pg_stat_activity where datname = current_database() and usename = 'maintainer'`,
          );
          await blocker.query('rollback');
          expect(await patient).toMatchObject({ exitCode: 0, stderr: '' });
        }, OWNER);
      } finally {
        await short.dispose();
      }
    }),
  );
});
