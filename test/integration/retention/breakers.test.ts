import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { DEFAULT_PARTITION_SET } from '../../../src/spec/partition-set.ts';
import {
  actions,
  addMonths,
  createSql,
  dsnOf,
  firstOfMonth,
  onDatabase,
  partitionName,
  runScript,
} from '../../harness/jobs/jobs.ts';
import { partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';

const LIMITS = { maxDropShare: 100, maxDrops: 2, maxDropBytes: '1MB' };

let tree: Tree;
beforeAll(async () => {
  const retention = { ...DEFAULT_PARTITION_SET.retention, ...LIMITS };
  tree = await writeTree({ partitionSets: [{ ...DEFAULT_PARTITION_SET, retention }] });
});
afterAll(() => tree.dispose());

/** Both strategies: the owner detaches, the maintainer may only call the function. */
const ROLES = [
  { strategy: 'concurrent', role: OWNER },
  { strategy: 'function', role: MAINTAINER },
];

const retention = (database: Database, role: string, dryRun: boolean, ...options: string[]) =>
  runScript(tree, 'retention', ['12', `${dryRun}`, '--json', ...options], { PG_DSN: dsnOf(database, role) });

describe.each(inject('servers'))('$label', (server) => {
  test.each(ROLES)('$strategy: too many partitions go only when it is allowed for this run', ({ strategy, role }) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -15, -1);
      const before = await partitionsOf(database);

      const refused = await retention(database, role, false);
      expect(refused.exitCode).toBe(7);
      expect(refused.stderr).toMatch(
        /3 of 16 partitions that have begun would go in one run, more than maxDrops \(2\)/,
      );
      expect(refused.stderr).toContain('--allow-drops 3 allows it for one run');
      expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, strategy: { chosen: strategy } });
      expect(await retention(database, role, false, '--allow-drops', '2')).toMatchObject({ exitCode: 7 });

      const warned = await retention(database, role, true);
      expect(warned).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('--allow-drops 3 allows it') });
      expect(await partitionsOf(database)).toEqual(before);

      const allowed = await retention(database, role, false, '--allow-drops', '3');
      expect(allowed).toMatchObject({ exitCode: 0, stderr: '' });
      const gone = [-15, -14, -13].map((offset) => `dropped ${firstOfMonth(offset)}`);
      expect(actions(JSON.parse(allowed.stdout)).slice(0, 3)).toEqual(gone);
      expect(await partitionsOf(database)).toEqual(before.slice(3));
    })(),
  );

  test.each(ROLES)('$strategy: too many bytes go only when they are allowed for this run', ({ role }) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await addMonths(database, -14, -14, 20_000);
      const [size] = await database.query<{ bytes: string }>(
        `select sum(pg_total_relation_size(name)) as bytes from (values ('${partitionName(-14)}'), ('${partitionName(-13)}')) as due (name)`,
      );
      expect(Number(size?.bytes)).toBeGreaterThan(1024 ** 2);
      const before = await partitionsOf(database);

      const refused = await retention(database, role, false);
      expect(refused).toMatchObject({ exitCode: 7 });
      const option = /MB would go in one run, more than maxDropBytes \(1\.0 MB\); .* (--allow-drop-bytes) (\d+kB)/;
      const [, name = '', bytes = ''] = option.exec(refused.stderr) ?? [];
      expect(Number.parseInt(bytes, 10) * 1024).toBeGreaterThanOrEqual(Number(size?.bytes));
      expect(await retention(database, role, false, '--allow-drops', '9')).toMatchObject({ exitCode: 7 });
      expect(await partitionsOf(database)).toEqual(before);

      expect(await retention(database, role, false, name, bytes)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await partitionsOf(database)).toEqual(before.slice(2));
    })(),
  );

  test(
    'a partition that is partitioned itself is as large as what is below it, and unknown while a part of that is held',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.connect(async (client) => {
        await client.query(`${createSql(-14).replace(/;$/, '')} partition by list (build_id);
          create table scanner.below partition of ${partitionName(-14)} default;
          insert into scanner.below (build_id, canonical_bom_sha256, payload_digest, inserted_at)
            select 'build ' || i, 'sha', 'digest', '${firstOfMonth(-14)} 12:00+00' from generate_series(1, 20000) i`);
      }, OWNER);
      expect(await retention(database, OWNER, false)).toMatchObject({
        exitCode: 7,
        stderr: expect.stringMatching(/ MB would go in one run, more than maxDropBytes/),
      });
      await database.connect(async (holder) => {
        await holder.query('begin; lock table scanner.below in access exclusive mode');
        expect(await retention(database, OWNER, false, '--allow-drop-bytes', '1GB')).toMatchObject({
          exitCode: 7,
          stderr: expect.stringContaining(`the size of ${partitionName(-14)}`),
        });
      });
    }),
  );

  test.each(ROLES)(
    '$strategy: within the limits nothing has to be allowed, and the newest partition cannot be',
    ({ role }) =>
      onDatabase(server, async (database) => {
        await addMonths(database, -14, -1);
        expect(await retention(database, role, false)).toMatchObject({ exitCode: 0, stderr: '' });

        await addMonths(database, -13, -13);
        const others = (await partitionsOf(database)).slice(1).map((line) => `scanner.${line.split(' ')[0]}`);
        await database.query(`drop table ${others.join(', ')}`);
        const refused = await retention(database, role, false, '--allow-drops', '9', '--allow-drop-bytes', '1GB');
        expect(refused).toMatchObject({
          exitCode: 7,
          stderr: expect.stringContaining('is the newest partition, which is never dropped'),
        });
      })(),
  );
});
