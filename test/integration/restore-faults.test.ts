import { describe, expect, inject, test } from 'vitest';
import type { Database } from '../support/database.ts';
import { runHelper, startHelper } from '../support/helper.ts';
import { commentOf, leftovers } from '../support/holding.ts';
import { actions, dsnOf, firstOfMonth, onDatabase, partitionName, until } from '../support/jobs.ts';
import { PARENT, partitionsOf } from '../support/partitions.ts';
import { createProxy } from '../support/proxy.ts';
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
} from '../support/restoring.ts';
import { OWNER } from '../support/scanner.ts';

/** Until the backends of a run that is gone have noticed it, and given their locks back. */
const ALONE = `select where not exists (select from pg_stat_activity
  where datname = current_database() and application_name like 'hotlookup%')`;

/** Runs restore through a proxy that cuts the connection at the first message with this text, passed on before that or not. */
async function cutAt(database: Database, text: string, deliver: boolean): Promise<void> {
  const proxy = await createProxy({ target: database.place.port, cutAt: { text, deliver } });
  try {
    const dsn = dsnOf(database, OWNER).replace(`Port=${database.place.port}`, `Port=${proxy.port}`);
    const ran = await startHelper(database, { dsn, options: GRACE, args: ['restore', monthText(OLDEST)] });
    expect(ran).toMatchObject({ exitCode: 4 });
  } finally {
    await proxy.close();
  }
  await until(database, ALONE);
}

/** Drops what is needed to have every kind of statement sent. */
const disturb = (database: Database) =>
  database.connect(async (owner) => {
    const { rows } = await owner.query(
      `select indexrelid::regclass as index from pg_index where indrelid = '${heldName(OLDEST)}'::regclass and indpred is not null`,
    );
    await owner.query(`drop index ${rows[0].index};
      alter table ${heldName(OLDEST)} drop constraint artifact_boms_${firstOfMonth(OLDEST).slice(0, 7).replace('-', '_')}_inserted_at_check`);
  }, OWNER);

describe.each(inject('servers'))('$label', (server) => {
  test(
    'cut before or after any statement, the next run comes to the same end, whatever retention did in between',
    onDatabase(server, async (database) => {
      await furnish(database);
      await putIntoGrace(database);
      await disturb(database);
      const { report } = await runRestore(database, ['--dry-run']);
      const texts = (report.plan?.statements ?? []).map(({ sql }) => sql.split(' IS ')[0] ?? '');
      expect(texts.map((sql) => sql.split(' ')[0])).toEqual([
        'COMMENT',
        'CREATE',
        ...Array(4).fill('ALTER'),
        'ANALYZE',
        ...Array(3).fill('ALTER'),
        'COMMENT',
      ]);
      const counted = `count(*) AS rows FROM "scanner"."artifact_boms" WHERE`;
      const attached = texts.find((sql) => sql.includes('ATTACH')) ?? '';
      for (const text of [...texts.slice(0, -4), attached, counted])
        for (const deliver of [false, true]) {
          await cutAt(database, text, deliver);
          expect(await leftovers(database)).toEqual([]);
          const meanwhile = await startHelper(database, { options: GRACE, args: ['retention', '13', 'false'] });
          expect(meanwhile).toMatchObject({ exitCode: 0 });
          const ran = await runRestore(database);
          expect(ran).toMatchObject({ exitCode: 0 });
          expect(await database.query(`select count(*)::int from ${PARENT}`)).toEqual([{ count: 39 }]);
          expect(await catalogOf(database, partitionName(OLDEST))).not.toContainEqual(
            expect.stringMatching(/hotlookup|inserted_at_check/),
          );
          await takeOldest(database);
          await disturb(database);
        }
    }),
    120_000,
  );

  test(
    'a restore that was begun keeps its table from retention, until it is finished or a person hands it back',
    onDatabase(server, async (database) => {
      await furnish(database);
      await putIntoGrace(database);
      await cutAt(database, 'VALIDATE CONSTRAINT', false);
      const over = { options: '--grace-days 0' };
      const kept = await runHelper(database, over);
      const command = `scanner-artifact-boms-partitions.sh restore ${monthText(OLDEST)}`;
      expect(kept).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(`to finish it: ${command}`) });
      expect(await database.query(`select from ${heldName(OLDEST)}`)).toHaveLength(3);
      const status = await runHelper(database, { ...over, args: ['status'] });
      expect(status.report.partitions[0]).toMatchObject({
        action: 'in-grace',
        reason: expect.stringContaining(command),
      });

      const [, handBack = ''] = kept.stderr.match(/to give it back to retention: (COMMENT .*;)/) ?? [];
      await database.connect((owner) => owner.query(handBack), OWNER);
      const last = await runHelper(database, over);
      expect(last).toMatchObject({ exitCode: 0, stderr: '' });
      expect(actions(last.report)[0]).toBe(`dropped ${firstOfMonth(OLDEST)}`);
    }),
  );

  test(
    'a helper that is killed while it waits for a lock leaves the table in grace, and nobody waits for it',
    onDatabase(server, async (database) => {
      await putIntoGrace(database);
      await database.connect(async (other) => {
        await other.query(`begin; lock table ${PARENT} in share update exclusive mode`);
        const run = startHelper(database, { options: GRACE, args: ['restore', monthText(OLDEST)] });
        await until(
          database,
          `select where obj_description('${heldName(OLDEST)}'::regclass, 'pg_class') like '%restoring%'`,
        );
        run.kill('SIGKILL');
        expect((await run).signal).toBe('SIGKILL');
        await until(database, ALONE);
      });
      expect(await commentOf(database, heldName(OLDEST))).toContain('"restoring":');
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await runRestore(database)).toMatchObject({ exitCode: 0 });
      expect(await partitionsOf(database)).toHaveLength(15);
      expect(await leftovers(database)).toEqual([]);
    }),
  );
});
