import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { renderMigration } from '../../harness/jobs/migration.ts';
import { insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase, OWNER } from '../../harness/jobs/scanner.ts';
import { SUPERUSER } from '../../harness/postgres/cluster.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import { testNeeding } from '../../harness/runner/needs.ts';

/** Everything that the catalog holds about the schema: identities, definitions, owners, privileges, comments. */
const SNAPSHOT = `
  select jsonb_build_object(
    'schema', (select to_jsonb(n) from pg_namespace n where nspname = 'scanner'),
    'relations', (select jsonb_agg(to_jsonb(c) - '{relpages,reltuples,relallvisible,relallfrozen,relfrozenxid,relminmxid}'::text[] order by oid)
                    from pg_class c where relnamespace = 'scanner'::regnamespace),
    'columns', (select jsonb_agg(to_jsonb(a) order by attrelid, attnum)
                  from pg_attribute a join pg_class c on c.oid = attrelid where relnamespace = 'scanner'::regnamespace),
    'constraints', (select jsonb_agg(to_jsonb(c) order by oid) from pg_constraint c where connamespace = 'scanner'::regnamespace),
    'functions', (select jsonb_agg(to_jsonb(p) order by oid) from pg_proc p where pronamespace = 'scanner'::regnamespace),
    'comments', (select jsonb_agg(to_jsonb(d) order by objoid, objsubid, description) from pg_description d
                  where objoid in (select oid from pg_class where relnamespace = 'scanner'::regnamespace
                                   union all select oid from pg_proc where pronamespace = 'scanner'::regnamespace))
  ) as snapshot`;

describe.each(inject('servers'))('$label: the migration', (server) => {
  let database: Database;
  beforeEach(async () => {
    database = await createScannerDatabase(server);
  });
  afterEach(() => database.drop());

  const snapshot = () => database.query(SNAPSHOT);
  const apply = (role?: string) => database.connect((client) => client.query(renderMigration()), role);

  test('makes the table as documented, with the current and the next month and no DEFAULT partition', async () => {
    const columns = await database.query<{ line: string }>(
      `select concat_ws(' ', attname, format_type(atttypid, atttypmod), case when attnotnull then 'not null' end,
                        pg_get_expr(adbin, adrelid)) as line
         from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
        where attrelid = '${PARENT}'::regclass and attnum > 0 order by attnum`,
    );
    expect(columns.map(({ line }) => line)).toEqual([
      'build_id text not null',
      'canonical_bom_sha256 text not null',
      'payload_digest text not null',
      'inserted_at timestamp with time zone not null now()',
      'raw_bom_ref text',
      'canonical_bom_ref text',
      'dsse_envelope_ref text',
      'merged_vex_ref text',
      'rekor_tile_id text',
      'canonical_bom jsonb',
      'merged_vex jsonb',
      'attestations jsonb',
      'evidence_score integer',
    ]);
    const [table] = await database.query(
      `select pg_get_partkeydef(oid) as partitioned, pg_get_userbyid(relowner) as owner,
              (select pg_get_constraintdef(oid) from pg_constraint where conrelid = c.oid and contype = 'p') as key
         from pg_class c where oid = '${PARENT}'::regclass`,
    );
    expect(table).toEqual({
      partitioned: 'RANGE (inserted_at)',
      owner: OWNER,
      key: 'PRIMARY KEY (build_id, inserted_at)',
    });
    const months = await database.query<{ month: string }>(
      `select to_char(now() at time zone 'UTC' + make_interval(months => n), 'YYYY_MM') as month from generate_series(0, 1) as n`,
    );
    expect((await partitionsOf(database)).map((line) => line.split(' ')[0])).toEqual(
      months.map(({ month }) => `artifact_boms_${month}`),
    );
  });

  test.each([undefined, OWNER])('applied again (as %s), beside readers and writers, changes nothing', async (role) => {
    const before = await snapshot();
    await database.connect(async (worker) => {
      await worker.query(`begin; select from ${PARENT}`);
      await insertRow(worker, new Date().toISOString());
      await database.connect(async (client) => {
        await client.query("set lock_timeout = '300ms'");
        await client.query(renderMigration());
      }, role);
      await worker.query('commit');
    });
    expect(await snapshot()).toEqual(before);
  });

  test('a table that has partitions is left to the jobs, whatever month it is', async () => {
    const [current = ''] = await partitionsOf(database);
    await database.query(`drop table scanner.${current.split(' ')[0]}`);
    const left = await partitionsOf(database);
    await apply(OWNER);
    expect(await partitionsOf(database)).toEqual(left);
  });

  test("a missing function comes back with the table's owner, whoever applies the migration", async () => {
    await database.query('drop function scanner.ensure_artifact_boms_future_partitions(integer)');
    await apply();
    const owners = await database.query(
      "select distinct pg_get_userbyid(proowner) as owner from pg_proc where pronamespace = 'scanner'::regnamespace",
    );
    expect(owners).toEqual([{ owner: OWNER }]);
  });

  testNeeding({ programs: ['psql'] }, 'is applied by psql, as its first lines say', async () => {
    const empty = await createDatabase(server);
    const psql = (...args: string[]) => {
      const address = ['-h', server.sockets, '-p', String(server.port), '-U', SUPERUSER, '-d', empty.name];
      return execa('psql', ['-X', '-v', 'ON_ERROR_STOP=1', ...address, ...args], {
        input: renderMigration(),
        reject: false,
      });
    };
    try {
      expect(await psql('-f', '-')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await psql('-f', '-')).toMatchObject({ exitCode: 0, stderr: '' });
      await psql('-c', `comment on table ${PARENT} is null`);
      const refused = await psql('-f', '-');
      expect(refused.exitCode).toBe(3);
      expect(refused.stderr).toContain('table scanner.artifact_boms exists and was not made by this migration');
    } finally {
      await empty.drop();
    }
  });

  test('several sessions that apply it at once all succeed, and make one of everything', async () => {
    const empty = await createDatabase(server);
    try {
      const runs = Array.from({ length: 4 }, () => empty.connect((client) => client.query(renderMigration())));
      await Promise.all(runs);
      expect(await partitionsOf(empty)).toHaveLength(2);
    } finally {
      await empty.drop();
    }
  });
});
