import pg from 'pg';
import { expect, inject, test } from 'vitest';

test.each(inject('servers'))('$label answers', async ({ sockets, port, major }) => {
  const client = new pg.Client({ host: sockets, port, user: 'postgres', database: 'postgres' });
  await client.connect();
  const { rows } = await client.query("select current_setting('server_version_num')::int / 10000 as major");
  await client.end();
  expect(rows[0].major).toBe(major);
});
