import { describe, expect, inject, test } from 'vitest';
import { runHelper } from '../../harness/jobs/helper.ts';
import { actions, addMonths, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { DROP_OLD, partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { whileReading } from '../../harness/postgres/holding.ts';

async function plan(database: Database, options = '', { role = OWNER, exitCode = 0, args = [] as string[] } = {}) {
  const ran = await runHelper(database, { options, role, args: ['plan', ...args] });
  expect(ran).toMatchObject({ exitCode, report: { dryRun: true } });
  return { statements: ran.report.plan?.statements ?? [], blockers: ran.report.plan?.blockers ?? [], ran };
}

/** Carries a plan out by hand, each statement by itself. */
const carryOut = (database: Database, statements: ReadonlyArray<{ readonly sql: string }>, role = OWNER) =>
  database.connect(async (client) => {
    for (const { sql } of statements) await client.query(sql);
  }, role);

describe.each(inject('servers'))('$label', (server) => {
  test(
    'every statement of a concurrent run with its lock; carried out by hand, nothing is left to do',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      await database.query(`create table scanner.kinds (kind text primary key);
        comment on table ${partitionName(-13)} is 'a note';
        alter table scanner.kinds owner to ${OWNER};
        alter table ${partitionName(-13)} add constraint of_kind foreign key (build_id) references scanner.kinds not valid`);
      const before = await partitionsOf(database);
      const { statements, blockers } = await plan(database);
      expect(await partitionsOf(database)).toEqual(before);
      expect(blockers).toEqual([]);
      expect(
        statements.map(
          ({ sql, partitions }) => `${partitions} ${sql.replace(/ (?:IS|"?scanner).*?(?=CONC|DROP|$)/s, ' … ')}`,
        ),
      ).toEqual([
        ' SELECT … ',
        `${partitionName(-14)} COMMENT ON TABLE … `,
        `${partitionName(-14)} ALTER TABLE … CONCURRENTLY`,
        `${partitionName(-14)} DROP TABLE … `,
        `${partitionName(-13)} COMMENT ON TABLE … `,
        `${partitionName(-13)} ALTER TABLE … CONCURRENTLY`,
        `${partitionName(-13)} ALTER TABLE … DROP CONSTRAINT "of_kind"`,
        `${partitionName(-13)} DROP TABLE … `,
      ]);
      for (const { lock } of statements.slice(1)) expect(lock).toMatch(/^(?:SHARE UPDATE|ACCESS) EXCLUSIVE on /);
      expect(statements[4]?.sql).toContain('"comment":"a note"');
      expect(statements[5]?.lock).toContain('SHARE ROW EXCLUSIVE on scanner.kinds');
      expect(statements[6]?.lock).toContain('scanner.kinds');

      await carryOut(database, statements);
      expect(await partitionsOf(database)).toEqual(before.slice(2));
      expect((await plan(database)).statements).toEqual([]);
    }),
  );

  test(
    'with grace the last step moves the table; once that is over, the plan is to drop it',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      const { statements } = await plan(database, '--grace-days 7');
      expect(statements.at(-1)?.sql).toMatch(/^ALTER TABLE .* SET SCHEMA "hotlookup_grace"$/);
      await carryOut(database, statements);
      const status = await runHelper(database, { options: '--grace-days 7', args: ['status'] });
      expect(actions(status.report)[0]).toBe(`in-grace ${firstOfMonth(-13)}`);
      expect((await plan(database, '--grace-days 7')).statements).toEqual([]);
      expect((await plan(database, '--grace-days 0')).statements).toEqual([]);
      const over = (await plan(database, '--grace-days 0', { args: ['--apply-grace-days'] })).statements;
      expect(over).toEqual([expect.objectContaining({ sql: expect.stringMatching(/^DROP TABLE .*hotlookup_grace/) })]);
      await carryOut(database, over);
      expect((await plan(database)).statements).toEqual([]);
    }),
  );

  test(
    'the call of the function, which a person may make too',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1);
      const before = await partitionsOf(database);
      const { statements } = await plan(database, '', { role: MAINTAINER });
      expect(statements.map(({ partitions }) => partitions)).toEqual([[partitionName(-14)], [partitionName(-13)]]);
      for (const { sql } of statements) expect(sql.replaceAll('"', '')).toContain(`SELECT ${DROP_OLD}(`);
      await carryOut(database, statements, MAINTAINER);
      expect(await partitionsOf(database)).toEqual(before.slice(2));
    }),
  );

  test(
    'who is in the way now; and nothing of what a breaker stops, unless it is allowed',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const { blockers } = await whileReading(database, () => plan(database));
      expect(blockers).toEqual([
        expect.stringMatching(/^process \d+ \(user scanner_owner, application a long report, in/),
      ]);

      await addMonths(database, -15, -14);
      const stopped = await plan(database, '--max-drops 2', { exitCode: 7 });
      expect(stopped).toMatchObject({
        statements: [{ action: 'ask' }],
        ran: { stderr: expect.stringContaining('--allow-drops 3') },
      });
      const allowed = await runHelper(database, { options: '--max-drops 2', args: ['plan', '--allow-drops', '3'] });
      expect(allowed.report.plan?.statements).toHaveLength(10);
    }),
  );
});
