import { describe, expect, inject, test } from 'vitest';
import { runHelper } from '../../harness/jobs/helper.ts';
import { addMonths, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import { blocksUnder, forMonth, runbookOf } from '../../harness/render/runbook.ts';
import { SPECS } from '../../harness/render/specs.ts';

const monthOf = (offset: number) => firstOfMonth(offset).slice(0, 7);
const BOOK = forMonth(runbookOf(SPECS['with grace and limits']), monthOf(-13), monthOf(-12));

describe.each(inject('servers'))('$label', (server) => {
  test(
    'a role that is given what the runbook says detaches with grace; and puts the partition back with the command that it names',
    onDatabase(server, async (database) => {
      const [, unlock = ''] = blocksUnder(BOOK, 'Who may do what', 'sql');
      const putBack = blocksUnder(BOOK, 'A partition in grace is wanted back', 'sh').flatMap(
        (block) => block.match(/restore .*$/gm) ?? [],
      );
      expect(putBack).toEqual([`restore ${monthOf(-13)} --dry-run`, `restore ${monthOf(-13)}`]);
      const role = `job_${database.name}`;
      const dsn = database.dsn(role, 'secret');
      await addMonths(database, -13, -1, 3);
      await database.query(`comment on table ${partitionName(-13)} is 'the first month'`);
      const before = await partitionsOf(database);
      await database.query(`create role ${role} login password 'secret'; grant hotlookup_maintenance to ${role}`);
      try {
        const options = '--grace-days 7';
        expect(await runHelper(database, { dsn, options, args: ['status'] })).toMatchObject({ exitCode: 0 });
        await database.query(unlock.replaceAll('OWNER', OWNER).replace(/TO \w+;/, `TO ${role};`));
        const taken = await runHelper(database, { dsn, options });
        expect(taken).toMatchObject({ exitCode: 0, stderr: '', report: { strategy: { chosen: 'concurrent' } } });
        expect(taken.report.partitions[0]).toMatchObject({ partition: partitionName(-13), action: 'detached' });
        expect(await partitionsOf(database)).toEqual(before.slice(1));

        for (const words of putBack)
          expect(await runHelper(database, { dsn, options, args: words.split(' ') })).toMatchObject({ exitCode: 0 });
        expect(await partitionsOf(database)).toEqual(before);
        expect(await database.query(`select count(*)::int as rows from ${PARENT}`)).toEqual([{ rows: 13 * 3 }]);

        const next = await runHelper(database, { dsn, options, args: ['retention', '13', 'false'] });
        expect(next).toMatchObject({ exitCode: 0, stderr: '' });
        expect(next.report.partitions[0]).toMatchObject({ partition: partitionName(-13), action: 'kept' });
        expect(await database.query(`select obj_description('${partitionName(-13)}'::regclass) as comment`)).toEqual([
          { comment: 'the first month' },
        ]);
      } finally {
        await database.query(`drop owned by ${role}; drop role ${role}`);
      }
    }),
  );
});
