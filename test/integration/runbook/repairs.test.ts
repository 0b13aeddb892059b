import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { leavePending } from '../../harness/jobs/breakages.ts';
import { runHelper } from '../../harness/jobs/helper.ts';
import { firstOfMonth } from '../../harness/jobs/jobs.ts';
import { createScannerDatabase, OWNER, withPlainRoles } from '../../harness/jobs/scanner.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import type { SharedServer } from '../../harness/postgres/global-setup.ts';
import { codeBlocks } from '../../harness/render/code-blocks.ts';
import { blocksUnder, forMonth, runbookOf, statements } from '../../harness/render/runbook.ts';
import { SPECS } from '../../harness/render/specs.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const BOOK = forMonth(runbookOf(), '2020-07', '2020-08');
const MISSING = 'Missing upcoming partition';
const DROPPED = 'Retention dropped a wrong partition';
const BLOAT = 'Hot partition bloat';
const LEAF = 'scanner.artifact_boms_2020_07';
const ROW = `insert into scanner.artifact_boms (build_id, canonical_bom_sha256, payload_digest, inserted_at)
  values ('build', 'hash', 'digest', '2020-07-31 23:59:59+00')`;

const ROW_NOW = `insert into scanner.artifact_boms (build_id, canonical_bom_sha256, payload_digest) values ('now', 'hash', 'digest')`;
const BUILDS = 'select build_id from scanner.artifact_boms';
const THIS_MONTH = [firstOfMonth(0).slice(0, 7), firstOfMonth(1).slice(0, 7)] as const;

let database: Database;

/** Runs a block statement by statement, as psql does, and gives the last one's rows. */
async function follow(block: string, role = OWNER): Promise<object[]> {
  return database.connect(async (client) => {
    // The bounds are instants: a session far from UTC must not move them.
    await client.query(`set timezone = 'Pacific/Kiritimati'`);
    let rows: object[] = [];
    for (const statement of statements(block)) rows = (await client.query(statement)).rows;
    return rows;
  }, role);
}

async function followAll(heading: string): Promise<object[]> {
  let rows: object[] = [];
  for (const block of blocksUnder(BOOK, heading, 'sql')) rows = await follow(block);
  return rows;
}

async function expectRestored(): Promise<void> {
  const [attach = '', indexes = ''] = blocksUnder(BOOK, DROPPED, 'sql');
  await follow(attach);
  expect(await database.query('select build_id from scanner.artifact_boms')).toEqual([{ build_id: 'build' }]);
  const pairs = await follow(indexes);
  expect(pairs.length).toBeGreaterThan(3);
  for (const pair of pairs) expect(pair).toMatchObject({ index: expect.stringContaining('2020_07'), valid: true });
  const [leaf] = await database.query(`select pg_get_expr(relpartbound, oid) as bounds from pg_class
    where oid = '${LEAF}'::regclass and not exists (select from pg_constraint where conrelid = pg_class.oid and contype = 'c')`);
  expect(leaf).toEqual({ bounds: "FOR VALUES FROM ('2020-07-01 00:00:00+00') TO ('2020-08-01 00:00:00+00')" });
}

describe.each(inject('servers'))('the runbook against $label', (server: SharedServer) => {
  beforeEach(async () => {
    database = await createScannerDatabase(server);
  });
  afterEach(() => database.drop());

  test('a missing partition: inserts work again', async () => {
    await expect(follow(ROW)).rejects.toMatchObject({ code: '23514' });
    await followAll(MISSING);
    await follow(ROW);
  });

  test('a wrong drop: the restored table is attached with its rows and indexes', async () => {
    await followAll(MISSING);
    await follow(ROW);
    await follow(
      `create table copy as table ${LEAF}; drop table ${LEAF};
      create table ${LEAF} (like scanner.artifact_boms including defaults);
      insert into ${LEAF} table copy; drop table copy`,
      'postgres',
    );
    await follow(`alter table ${LEAF} owner to ${OWNER}`, 'postgres');
    await expectRestored();
  });

  test('a wrong drop: the script attaches the restored table, too', async () => {
    await followAll(MISSING);
    await follow(ROW);
    await follow(
      `create table copy as table ${LEAF}; drop table ${LEAF};
      create table ${LEAF} (like scanner.artifact_boms including defaults);
      insert into ${LEAF} table copy; drop table copy; alter table ${LEAF} owner to ${OWNER}`,
      'postgres',
    );
    const commands = blocksUnder(BOOK, DROPPED, 'sh').flatMap((block) => block.match(/restore 2020.*$/gm) ?? []);
    expect(commands).toHaveLength(2);
    for (const words of commands)
      expect(await runHelper(database, { args: words.replaceAll("'", '').split(' ') })).toMatchObject({ exitCode: 0 });
    const [, indexes = ''] = blocksUnder(BOOK, DROPPED, 'sql');
    for (const pair of await follow(indexes)) expect(pair).toMatchObject({ index: expect.any(String), valid: true });
    expect(await database.query('select build_id from scanner.artifact_boms')).toEqual([{ build_id: 'build' }]);
  });

  test('bloat: every statement works on the leaf, and no index is left invalid', async () => {
    await followAll(MISSING);
    expect(await followAll(BLOAT)).toEqual([]);
  });

  test('a pending detach of a person: inserts work again, and so do lookups', async () => {
    const book = forMonth(runbookOf(), ...THIS_MONTH);
    const [finalize = '', attach = ''] = blocksUnder(book, 'A detach is not finished', 'sql');
    await database.query(`select scanner.ensure_artifact_boms_future_partitions(1)`);
    await follow(ROW_NOW);
    await leavePending(database, 0);
    expect(await runHelper(database, { args: ['status'] })).toMatchObject({ exitCode: 1 });
    expect(await database.query(BUILDS)).toEqual([]);
    await expect(follow(ROW_NOW)).rejects.toMatchObject({ code: expect.any(String) });
    await follow(finalize);
    await follow(attach);
    expect(await database.query(BUILDS)).toEqual([{ build_id: 'now' }]);
    await follow(ROW_NOW.replace("'now'", "'then'"));
    expect(await runHelper(database, { args: ['status'] })).toMatchObject({ exitCode: 0 });
  });

  test('rows in the DEFAULT partition: those of the month move, all others stay', async () => {
    const [move = ''] = blocksUnder(BOOK, 'Rows in the DEFAULT partition', 'sql');
    await follow('create table scanner.rest partition of scanner.artifact_boms default');
    await follow(ROW);
    await follow(ROW.replace('2020-07-31 23:59:59', '2020-08-01 00:00:00').replace("'build'", "'later'"));
    await follow(move);
    expect(await database.query(`select build_id from ${LEAF}`)).toEqual([{ build_id: 'build' }]);
    expect(await database.query('select build_id from scanner.rest')).toEqual([{ build_id: 'later' }]);
    await follow(ROW.replace("'build'", "'next'"));
    expect(await database.query(`select count(*)::int as rows from ${LEAF}`)).toEqual([{ rows: 2 }]);
  });

  test('the query for lock holders finds one', async () => {
    const [query = ''] = blocksUnder(BOOK, 'Exit codes', 'sql');
    await database.connect(async (holder) => {
      await holder.query('begin; lock table scanner.artifact_boms in share mode');
      expect(await follow(query)).toEqual([expect.objectContaining({ usename: OWNER })]);
    }, OWNER);
  });

  test('the grants are all that the role needs', async () => {
    const [grants = ''] = blocksUnder(BOOK, 'Who may do what', 'sql');
    const call = blocksUnder(BOOK, MISSING, 'sql').find((block) => block.startsWith('SELECT * FROM'));
    // Roles belong to the whole server, so this one never comes to be.
    await follow(`begin; ${grants}; set local role hotlookup; ${call}; rollback`.replace(/;\s*;/g, ';\n'), 'postgres');
  });
});

test.each(Object.entries(SPECS))('%s: every SQL block is SQL', async (_, spec) => {
  const [server] = inject('servers');
  if (!server) throw new Error('no server runs');
  database = await createDatabase(server);
  try {
    for (const { language, text } of codeBlocks(runbookOf(spec))) {
      // A server parses a whole message before it runs the first statement of it, here one that fails.
      if (language === 'sql')
        await expect(database.query(`select 1/0; ${text}`), text).rejects.toMatchObject({ code: '22012' });
    }
  } finally {
    await database.drop();
  }
});

const debian = inject('servers').find(({ bin }) => existsSync(join(bin, 'pg_dump')));

describeNeeding({ debianServer: true }, 'pg_restore as the runbook has it', () => {
  test('brings a dropped partition back from a dump of the whole database', async () => {
    if (!debian) throw new Error('the server from Debian has no pg_dump');
    const folder = makeTemporary('dump');
    database = await withPlainRoles(await createScannerDatabase(debian));
    try {
      await followAll(MISSING);
      await follow(ROW);
      const target = `host=${debian.sockets} port=${debian.port} user=${OWNER} dbname=${database.name}`;
      const dump = join(folder, 'dump');
      await execa(join(debian.bin, 'pg_dump'), ['-Fc', '-f', dump, `--dbname=${target}`]);
      await follow(`drop table ${LEAF}`);
      const restore = blocksUnder(BOOK, DROPPED, 'sh').find((block) => block.startsWith('pg_restore')) ?? '';
      const command = restore.replace('DATABASE', `"${target}"`).replace('BACKUP', dump);
      await execa('bash', ['-euc', command], { env: { PATH: `${debian.bin}:${process.env['PATH']}` } });
      await expectRestored();
    } finally {
      await database.drop();
      rmSync(folder, { recursive: true });
    }
  });
});
