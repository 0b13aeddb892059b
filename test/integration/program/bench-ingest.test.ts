import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runOnce } from '../../bench/ingest/run.ts';
import { makeOurTemplate } from '../../bench/ingest/templates.ts';
import { none, plain, scripts } from '../../bench/ingest/variants.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';

const SETTING = { clients: 2, perSecond: 100, lead: 100, reader: 900, tail: 100 };

const [server] = inject('servers');
if (!server) throw new Error('there is no server');
const { signal } = new AbortController();

let template: Database;
let tree: Tree;
beforeAll(async () => {
  template = await makeOurTemplate(server);
  tree = await writeTree();
});
afterAll(async () => {
  await tree.dispose();
  await template.drop();
});

test('a run of the scripts is found to have done its work, and its inserts are counted', async () => {
  const { inserts, worst, p99, maintenance } = await runOnce(scripts('concurrent', template, tree), SETTING, signal);
  expect(inserts).toBeGreaterThanOrEqual(100);
  expect(worst).toBeGreaterThanOrEqual(p99);
  // A detach ends with the reader, which stays for 800 ms after the maintenance has begun.
  expect(maintenance).toBeGreaterThan(700);
});

test('the wait of inserts for plain DDL behind a reader is seen', async () => {
  const { worst } = await runOnce(plain(template), SETTING, signal);
  expect(worst).toBeGreaterThan(600);
});

test('maintenance that leaves undone what it should do has no figures', async () => {
  const idle = { ...none(template), maintains: true };
  await expect(runOnce(idle, { ...SETTING, reader: 200 }, signal)).rejects.toThrow(
    /the months afterwards are .*, not /,
  );
});
