import { expect, inject, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { ADVISORY_LOCKS, actions, addMonths, firstOfMonth, onDatabase } from '../../harness/jobs/jobs.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import { createPooler } from '../../harness/postgres/pooler.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

const [server] = inject('servers');
if (!server) throw new Error('there is no server to test with');

describeNeeding({ programs: ['pgbouncer'] }, 'retention through PgBouncer', () => {
  test(
    'calls the function, says why, and leaves no lock or setting to the next session',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const pooler = await createPooler(server, [database], [OWNER]);
      try {
        const dsn = pooler.dsn(database, OWNER);
        const refused = await startHelper(database, { dsn, options: '--strategy concurrent' });
        expect(refused).toMatchObject({ exitCode: 7, stderr: expect.stringMatching(/through a pooler/) });
        const ran = await runHelper(database, { dsn });
        expect(ran).toMatchObject({
          exitCode: 0,
          stderr: '',
          report: { strategy: { chosen: 'function', why: expect.stringContaining('through a pooler') } },
        });
        expect(actions(ran.report)[0]).toBe(`dropped ${firstOfMonth(-13)}`);
        expect(await database.query(`select from ${ADVISORY_LOCKS}`)).toEqual([]);
      } finally {
        await pooler.close();
      }
    }),
  );
});
