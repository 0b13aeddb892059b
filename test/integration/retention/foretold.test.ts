import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { keepsItsWord } from '../../harness/faults/keeps-word.ts';
import { FIRST_HELPER, HELPER, runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { leavePending } from '../../harness/jobs/interrupted.ts';
import { actions, addMonths, dsnOf, firstOfMonth, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { whileReading } from '../../harness/postgres/holding.ts';
import { makePlain } from '../../harness/postgres/hostile-role.ts';
import { someServer } from '../../harness/postgres/some-server.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const RUN = { role: OWNER, args: ['retention', '12', 'false'] };
const PLAN = ['retention', '12', 'true'];

/** Three months are due, and the oldest one's detach was cut off. */
async function interrupt(database: Database, bundle = HELPER): Promise<void> {
  await addMonths(database, -15, -1);
  await leavePending(database, undefined, bundle);
}

describe.each(someServer('foretold'))('$label', (server) => {
  test(
    'what an earlier run has left is in the dry run in full, and counts',
    onDatabase(server, async (database) => {
      await interrupt(database);
      const dry = await runHelper(database, { args: PLAN });
      expect(dry.exitCode).toBe(0);
      expect(actions(dry.report).slice(0, 3)).toEqual([-15, -14, -13].map((one) => `would-drop ${firstOfMonth(one)}`));
      expect(dry.report.plan?.statements.map(({ action }) => action)).toEqual([
        ...['ask', 'finalize', 'drop'],
        ...['mark', 'detach', 'drop', 'mark', 'detach', 'drop'],
      ]);
      expect(await runHelper(database, { args: PLAN, options: '--max-drops 2' })).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(
          /^nothing would be dropped: 3 of 16 partitions that have begun would go in one run/,
        ),
      });
      expect(await keepsItsWord(database, RUN)).toMatchObject({ exitCode: 0, wrong: [] });
      expect(await partitionsOf(database)).toHaveLength(14);
    }),
  );

  test(
    'the helper of 0.1.0 did otherwise, so this can be seen',
    onDatabase(server, async (database) => {
      // It cannot bear what the role brings along.
      await makePlain(database, OWNER);
      await interrupt(database, FIRST_HELPER);
      const kept = await keepsItsWord(database, { ...RUN, bundle: FIRST_HELPER });
      expect(kept.exitCode).toBe(0);
      expect(kept.wrong).toContainEqual(expect.stringMatching(/^it was not foretold: DROP TABLE .*_boms_/));
    }),
  );

  test(
    'one statement more than the list has is seen as well',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const folder = makeTemporary('changed');
      const bundle = join(folder, 'changed.cjs');
      const parts = readFileSync(HELPER, 'utf8').split('query("COMMIT")');
      expect(parts).toHaveLength(2);
      writeFileSync(bundle, parts.join(`query("ANALYZE ${PARENT};\\nCOMMIT")`));
      const { wrong } = await keepsItsWord(database, { ...RUN, bundle });
      rmSync(folder, { recursive: true });
      expect(wrong).toContain(`it was not foretold: ANALYZE ${PARENT}`);
    }),
  );

  test.each([OWNER, MAINTAINER])(
    '%s: of a run that ends early, each action that was not done has a line that says why',
    (role) =>
      onDatabase(server, async (database) => {
        await addMonths(database, -14, -1);
        const options = '--lock-wait 1s --detach-timeout 200ms';
        await whileReading(database, async () => {
          const kept = await keepsItsWord(database, { ...RUN, role, options });
          expect(kept).toMatchObject({ exitCode: 8, wrong: [] });
          expect(kept.report?.partitions.slice(0, 2)).toEqual(
            Array.from({ length: 2 }, () =>
              expect.objectContaining({ action: 'kept', reason: expect.stringMatching(/; not done: gave up after/) }),
            ),
          );
        });
        expect(await keepsItsWord(database, { ...RUN, role })).toMatchObject({ exitCode: 0, wrong: [] });
      })(),
  );

  test(
    'a dry run beside a run says who that is, and waits for nobody',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const busy = await whileReading(database, async () => {
        const busy = startHelper(database, { options: '--lock-wait 60s' });
        await expect
          .poll(async () => (await runHelper(database, { args: PLAN })).report.plan?.otherRuns, { timeout: 20_000 })
          .toEqual([expect.stringMatching(/^process \d+ \(user scanner_owner, application hotlookup retention/)]);
        const dry = await runHelper(database, { args: PLAN });
        expect(dry).toMatchObject({
          exitCode: 0,
          report: { plan: { blockers: [expect.stringContaining('a long report')] } },
        });
        expect(await runHelper(database, { args: ['retention', '12', 'true'], role: MAINTAINER })).toMatchObject({
          exitCode: 0,
        });
        return { busy };
      });
      expect(await busy.busy).toMatchObject({ exitCode: 0 });
    }),
  );

  test.each([OWNER, MAINTAINER])('%s: the dry run ends as the run would', (role) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -13);
      const both = async (options = '') => [
        (await runHelper(database, { role, options, args: PLAN })).exitCode,
        (await runHelper(database, { role, options })).exitCode,
      ];
      expect(await both()).toEqual([7, 7]);
      expect(await runHelper(database, { role, dsn: 'Host=', args: PLAN }).catch(String)).toContain('exit code 3');
      await database.query(
        `drop function ${PARENT.split('.')[0]}.drop_artifact_boms_partitions_older_than(integer, boolean)`,
      );
      const missing = [PLAN, RUN.args].map((args) => runHelper(database, { role: MAINTAINER, args }).catch(String));
      for (const told of await Promise.all(missing)) expect(told).toContain('exit code 5');
    })(),
  );

  test(
    'a drop that would take something else with it is rolled back',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.query(`create function public.also() returns event_trigger language plpgsql security definer as $$ begin
          if current_query() like '%DROP TABLE%' then
            execute 'alter table ${PARENT} detach partition ${partitionName(-1)}'; execute 'drop table ${partitionName(-1)}';
          end if; end $$;
        create event trigger also on sql_drop when tag in ('DROP TABLE') execute function public.also()`);
      const before = await partitionsOf(database);
      await database.query(`alter event trigger also enable`);
      const ran = await runHelper(database, { dsn: dsnOf(database, OWNER) });
      await database.query('drop event trigger also');
      expect(ran.exitCode).toBe(7);
      expect(await partitionsOf(database)).toEqual(before.slice(1));
      expect(await runHelper(database)).toMatchObject({ exitCode: 0, report: { ok: true } });
    }),
  );
});
