import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { runHelper } from '../../harness/jobs/helper.ts';
import {
  actions,
  addMonths,
  dsnOf,
  firstOfMonth,
  onDatabase,
  partitionName,
  report,
  runJob,
  runScript,
} from '../../harness/jobs/jobs.ts';
import { insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { OWNER, STRANGER } from '../../harness/jobs/scanner.ts';
import { setBack } from '../../harness/postgres/holding.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';

let tree: Tree;
beforeAll(async () => {
  tree = await writeTree();
});
afterAll(() => tree.dispose());

describe.each(inject('servers'))('$label', (server) => {
  test(
    'shows every partition, what lies beyond the cutoff, gaps and the runway, to any role',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -12, 2);
      await addMonths(database, -2, -1);
      const ran = await runScript(tree, 'status', ['--json'], { PG_DSN: dsnOf(database, STRANGER) });
      expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
      const found = JSON.parse(ran.stdout);
      expect(actions(found)).toEqual([
        `would-drop ${firstOfMonth(-13)}`,
        ...[-12, -2, -1, 0, 1].map((offset) => `kept ${firstOfMonth(offset)}`),
      ]);
      expect(found).toMatchObject({
        ok: true,
        cutoff: firstOfMonth(-12),
        gaps: [{ from: firstOfMonth(-11), to: firstOfMonth(-2) }],
        runwayUntil: firstOfMonth(2),
        partitions: expect.arrayContaining([expect.objectContaining({ partition: partitionName(-13), rows: 2 })]),
      });
      const days = Math.floor((Date.parse(firstOfMonth(2)) - Date.parse(found.now)) / 86_400_000);
      expect(found.runwayDays).toBe(days);
    }),
  );

  test(
    'the current or a wanted month that is missing is exit 1',
    onDatabase(server, async (database) => {
      await database.query(`drop table ${partitionName(1)}`);
      const next = await report(tree, database, 'status');
      expect(next).toMatchObject({ exitCode: 1, report: { ok: false, missing: [firstOfMonth(1).slice(0, 7)] } });
      expect(next.stderr).toContain('Run the ensure job: scanner-artifact-boms-ensure-partitions.sh\n');
      await database.query(`drop table ${partitionName(0)}`);
      const now = await runJob(tree, database, 'status');
      expect(now).toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining('no runway: rows of now have no partition'),
      });
      expect(await runJob(tree, database, 'ensure')).toMatchObject({ exitCode: 0 });
      expect(await runJob(tree, database, 'status')).toMatchObject({ exitCode: 0, stderr: '' });
    }),
  );

  test(
    'a DEFAULT partition is shown with its rows and told about',
    onDatabase(server, async (database) => {
      await database.connect(async (client) => {
        await client.query(`create table scanner.rest partition of ${PARENT} default`);
        await insertRow(client, '1999-01-01 00:00+00');
      });
      await database.query('analyze scanner.rest');
      const ran = await report(tree, database, 'status');
      expect(ran).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/DEFAULT partition with about 1 row:/) });
      expect(ran.report.partitions.at(-1)).toMatchObject({ partition: 'scanner.rest', from: null, to: null, rows: 1 });
    }),
  );

  test(
    'a pending detach is shown, covers nothing, and is left alone by both jobs',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.connect(async (reader) => {
        await reader.query(`begin; select count(*) from ${PARENT}`);
        await database.connect(async (owner) => {
          await owner.query(`set lock_timeout = '100ms'`);
          const detach = owner.query(`alter table ${PARENT} detach partition ${partitionName(-13)} concurrently`);
          await expect(detach).rejects.toMatchObject({ code: '55P03' });
        }, OWNER);
        await reader.query('commit');
      });
      const ran = await report(tree, database, 'status');
      expect(ran).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(
          /a detach of .* is pending: its rows are hidden[^\n]*\n[^\n]*Finish it: ALTER TABLE .* DETACH PARTITION .* FINALIZE;\n$/,
        ),
      });
      expect(ran.report.partitions[0]).toMatchObject({
        partition: partitionName(-13),
        action: 'kept',
        reason: 'detach pending',
      });
      expect(await runJob(tree, database, 'ensure')).toMatchObject({ exitCode: 0 });
      const retention = await report(tree, database, 'retention', '12', 'false');
      expect(retention.report.partitions[0]).toMatchObject({ action: 'kept', reason: 'a detach of it is pending' });
      expect(await partitionsOf(database)).toHaveLength(15);
    }),
  );

  test(
    'what is in grace is shown to any role: where it is, until when, and what a longer retention would have kept',
    onDatabase(server, async (database) => {
      await addMonths(database, -14, -1, 2);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      expect(await runHelper(database, { options: '--grace-days 3' })).toMatchObject({ exitCode: 0, stderr: '' });
      const look = async (options: string) => {
        const ran = await runHelper(database, { role: STRANGER, options, args: ['status'] });
        expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
        return ran.report;
      };

      const found = await look('--grace-days 3');
      expect(actions(found).slice(0, 3)).toEqual([
        `in-grace ${firstOfMonth(-14)}`,
        `in-grace ${firstOfMonth(-13)}`,
        `kept ${firstOfMonth(-12)}`,
      ]);
      const heldAs = partitionName(-14).replace('scanner.', 'hotlookup_grace.');
      const [first] = found.partitions;
      expect(first).toMatchObject({ partition: partitionName(-14), heldAs, rows: 2, bytes: expect.any(Number) });
      expect(first?.reason).toBe(`in ${heldAs}, until ${first?.until}`);
      const left = Date.parse(first?.until ?? '') - Date.parse(found.now);
      expect(left).toBeLessThan(3 * 86_400_000);
      expect(left).toBeGreaterThan(3 * 86_400_000 - 60_000);
      expect(found.partitions.at(-1)).toMatchObject({ until: null, heldAs: null });

      // The marker promises it, whatever the spec says by now.
      expect((await look('--grace-days 0')).partitions[0]?.reason).toBe(first?.reason);
      const longer = await look('--grace-days 3 --keep-months 13');
      expect(longer.partitions[0]?.reason).toBe(first?.reason);
      expect(longer.partitions[1]?.reason).toMatch(
        /, kept because it is within the retention now; to put it back: .* restore \d{4}-\d\d$/,
      );
      await setBack(database, 3);
      const over = await look('--grace-days 3');
      expect(over.partitions[0]?.reason).toBe(`in ${heldAs}, until the next retention, because its grace is over`);
      expect(await runJob(tree, database, 'status')).toMatchObject({
        stdout: expect.stringContaining('14 partitions, 0 beyond the cutoff, 2 in grace, 0 missing'),
      });
    }),
  );

  test(
    'waits for nobody: a partition that is held exclusively has no size, the others have',
    onDatabase(server, async (database) => {
      await database.connect(async (blocker) => {
        await blocker.query(`begin; lock table ${partitionName(1)} in access exclusive mode`);
        const ran = await report(tree, database, 'status');
        expect(ran.exitCode).toBe(0);
        expect(ran.report.partitions.map(({ bytes }) => bytes)).toEqual([expect.any(Number), null]);
      });
      const free = await report(tree, database, 'status');
      expect(free.report.partitions.map(({ bytes }) => bytes)).toEqual([expect.any(Number), expect.any(Number)]);
    }),
  );
});
