import { describe, expect, test } from 'vitest';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { actions, addMonths, dsnOf, firstOfMonth, onDatabase, partitionName, until } from '../../harness/jobs/jobs.ts';
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
import type { Database } from '../../harness/postgres/database.ts';
import { ALONE, commentOf, leftovers } from '../../harness/postgres/holding.ts';
import { createProxy } from '../../harness/postgres/proxy.ts';
import { someServer } from '../../harness/postgres/some-server.ts';

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

/** Takes away an index, the check that the detach left, and the statistics, so that every kind of statement is sent. */
async function disturb(database: Database): Promise<void> {
  const held = `'${heldName(OLDEST)}'::regclass`;
  const [index] = await database.query<{ name: string }>(
    `select indexrelid::regclass as name from pg_index where indrelid = ${held} and indpred is not null`,
  );
  const [check] = await database.query<{ name: string }>(
    `select conname as name from pg_constraint where conrelid = ${held} and contype = 'c' and conname like '%inserted_at_check'`,
  );
  await database.query(`drop index ${index?.name}; alter table ${heldName(OLDEST)} drop constraint ${check?.name};
    delete from pg_statistic where starelid = ${held}`);
}

describe.each(someServer('restore-faults'))('$label', (server) => {
  test(
    'cut before or after any statement, the next run comes to the same end, whatever retention did in between',
    onDatabase(server, async (database) => {
      await furnish(database);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await addMonths(database, OLDEST, -1, 3);
      const before = await catalogOf(database, partitionName(OLDEST));
      await takeOldest(database);
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
      let cuts = 0;
      // Each run goes on where the one before it was cut, and retention between two of them is to leave the table alone.
      for (const [text, deliver] of [...texts.slice(0, -4), attached]
        .flatMap((one) => [[one, false] as const, [one, true] as const])
        .concat([[counted, false]])) {
        await cutAt(database, text, deliver);
        cuts += 1;
        expect(await leftovers(database)).toEqual([]);
        const retention = { options: GRACE, args: ['retention', '13', 'false'] };
        expect(await startHelper(database, retention)).toMatchObject({ exitCode: 0 });
      }
      expect(cuts).toBe(17);
      expect(await runRestore(database)).toMatchObject({
        exitCode: 0,
        report: { partitions: [{ reason: expect.stringContaining('nothing to do') }] },
      });
      expect(await database.query(`select count(*)::int from ${PARENT}`)).toEqual([{ count: 39 }]);
      const after = await catalogOf(database, partitionName(OLDEST));
      expect(after.filter((line) => !line.startsWith('index'))).toEqual(
        before.filter((line) => !line.startsWith('index')),
      );
      expect(after.filter((line) => line.startsWith('index'))).toHaveLength(5);
    }),
  );

  test(
    'a restore that was begun keeps its table from retention, until it is finished or a person hands it back',
    onDatabase(server, async (database) => {
      await furnish(database);
      await putIntoGrace(database);
      await cutAt(database, 'VALIDATE CONSTRAINT', false);
      const over = { options: '--grace-days 0', args: ['retention', '12', 'false', '--apply-grace-days'] };
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
