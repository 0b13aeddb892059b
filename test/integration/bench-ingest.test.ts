import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { runOnce } from '../bench/ingest/run.ts';
import { makeOurTemplate } from '../bench/ingest/templates.ts';
import { none, plain, scripts } from '../bench/ingest/variants.ts';
import type { Database } from '../support/database.ts';
import { type Tree, writeTree } from '../support/tree.ts';

const SETTING = { clients: 2, perSecond: 100, lead: 100, reader: 2_000, tail: 100 };

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

test('inserts go on beside the scripts, and wait for plain DDL behind a reader', async () => {
  const ours = await runOnce(scripts('concurrent', template, tree), SETTING, signal);
  const theirs = await runOnce(plain(template), SETTING, signal);
  // The reader stays for 1,900 ms after the maintenance has begun.
  expect(theirs.worst).toBeGreaterThan(1_700);
  expect(ours.worst).toBeLessThan(1_500);
  expect(ours.inserts).toBeGreaterThan(200);
});

test('maintenance that leaves undone what it should do has no figures', async () => {
  const idle = { ...none(template), maintains: true };
  await expect(runOnce(idle, { ...SETTING, reader: 200 }, signal)).rejects.toThrow(
    /the months afterwards are .*, not /,
  );
});
