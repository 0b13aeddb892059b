import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { addMonths, onDatabase, runJob } from '../../harness/jobs/jobs.ts';
import { partitionsOf } from '../../harness/jobs/partitions.ts';
import { writeTree } from '../../harness/render/tree.ts';

test.each(inject('servers'))('$label answers', async ({ sockets, port, major }) => {
  const client = new pg.Client({ host: sockets, port, user: 'postgres', database: 'postgres' });
  await client.connect();
  const { rows } = await client.query("select current_setting('server_version_num')::int / 10000 as major");
  await client.end();
  expect(rows[0].major).toBe(major);
});

test('a rendered tree creates next month and drops the old ones in a real server', async () => {
  const [server] = inject('servers');
  if (!server) throw new Error('there is no server');
  const tree = await writeTree();
  try {
    await onDatabase(server, async (database) => {
      await addMonths(database, -14, -1, 2);
      expect(await runJob(tree, database, 'ensure', '1')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await runJob(tree, database, 'retention', '12')).toMatchObject({ exitCode: 0 });
      expect(await partitionsOf(database)).toHaveLength(16);
      expect(await runJob(tree, database, 'retention', '12', 'false')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await partitionsOf(database)).toHaveLength(14);
      expect(await runJob(tree, database, 'status')).toMatchObject({ exitCode: 0, stderr: '' });
    })();
  } finally {
    await tree.dispose();
  }
});
