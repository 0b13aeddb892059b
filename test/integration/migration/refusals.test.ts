import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { migrationView } from '../../../src/render/sql-view.ts';
import { renderMigration, viewOfSet } from '../../harness/jobs/migration.ts';
import { partitionsOf } from '../../harness/jobs/partitions.ts';
import { createRoles, STRANGER } from '../../harness/jobs/scanner.ts';
import { SUPERUSER } from '../../harness/postgres/cluster.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';

const FOREIGN = [
  ['create table scanner.artifact_boms (build_id text)', 'table scanner.artifact_boms'],
  ['create view scanner.artifact_boms as select 1 as one', 'view scanner.artifact_boms'],
  [
    'create function scanner.ensure_artifact_boms_future_partitions(integer) returns void language sql as $$ $$',
    'function scanner.ensure_artifact_boms_future_partitions(integer)',
  ],
  [
    'create function scanner.drop_artifact_boms_partitions_older_than(integer, boolean, text) returns integer language sql as $$ select 1 $$',
    'function scanner.drop_artifact_boms_partitions_older_than(integer,boolean,text)',
  ],
] as const;

describe.each(inject('servers'))('$label: the migration', (server) => {
  let database: Database;
  beforeEach(async () => {
    database = await createDatabase(server);
  });
  afterEach(() => database.drop());

  const apply = (text = renderMigration(), role = SUPERUSER) => database.connect((client) => client.query(text), role);

  test.each(FOREIGN)('refuses beside: %s', async (statement, name) => {
    await database.query(`create schema scanner; ${statement}`);
    const objects = () =>
      database.query(`select oid::regclass::text as name from pg_class where relnamespace = 'scanner'::regnamespace
                      union all select oid::regprocedure::text from pg_proc where pronamespace = 'scanner'::regnamespace`);
    const before = await objects();
    await expect(apply()).rejects.toMatchObject({
      code: '42710',
      message: `${name} exists and was not made by this migration; nothing was changed`,
      hint: expect.stringContaining('this one is not needed'),
    });
    expect(await objects()).toEqual(before);
  });

  describe('where its role is missing', () => {
    const role = `maintenance_${randomBytes(4).toString('hex')}`;
    const text = renderMigration().replaceAll('hotlookup_maintenance', role);
    beforeEach(async () => {
      // An owner who may not create roles.
      await createRoles(server);
      await database.query(`grant create on database ${database.name} to ${STRANGER}`);
    });

    test('and the applier may not create roles, it says what an administrator has to do', async () => {
      await expect(apply(text, STRANGER)).rejects.toMatchObject({
        code: '42501',
        message: `role ${role} is missing and ${STRANGER} may not create roles`,
        hint: `Have an administrator run: CREATE ROLE ${role} NOLOGIN;`,
      });
      await database.query(`create role ${role} nologin`);
      await apply(text, STRANGER);
      expect(await partitionsOf(database)).toHaveLength(2);
      await database.query(`drop owned by ${role}; drop role ${role}`);
    });

    test("and is made, a schema of somebody else's must still be open to it", async () => {
      await database.query(
        `create role ${role} nologin; create schema scanner; grant create, usage on schema scanner to ${STRANGER}`,
      );
      await expect(apply(text, STRANGER)).rejects.toMatchObject({
        code: '42501',
        hint: `Have the schema's owner run: GRANT USAGE ON SCHEMA scanner TO ${role};`,
      });
      await database.query(`drop role ${role}`);
    });

    test('it may be made at the same moment by another database of the server', async () => {
      await database.connect(async (other) => {
        await other.query(`begin; create role ${role} nologin`);
        const applied = apply(text);
        await expect(untilBlocked(database)).resolves.toBe(true);
        await other.query('commit');
        await applied;
      });
      expect(await partitionsOf(database)).toHaveLength(2);
      await database.query(`drop owned by ${role}; drop role ${role}`);
    });
  });

  test('hostile names mean themselves', async () => {
    const schema = `We"ird' $function$ \\`;
    const tableName = `Sc"anner; -- $migration$ \\ '`;
    const view = migrationView({
      table: `${schema}.${tableName}`,
      schema,
      tableName,
      ensure: { function: `${schema}.En'sure "$1"` },
      retention: { function: 'other "schema".select' },
    });
    await apply(renderMigration(view));
    await apply(renderMigration(view));
    const [made] = await database.query<{ function: string }>(
      `select format('%I.%I', nspname, proname) as function from pg_proc join pg_namespace n on n.oid = pronamespace
        where proname like 'En%'`,
    );
    expect(await database.query(`select action from ${made?.function}(2)`)).toEqual([
      { action: 'exists' },
      { action: 'exists' },
      { action: 'created' },
    ]);
    const names = await database.query<{ relname: string }>(
      "select relname from pg_class where relispartition and relkind = 'r'",
    );
    for (const { relname } of names) expect(relname).toMatch(/^Sc"anner; -- \$migration\$ \\ '_\d{4}_\d{2}$/);
    expect(await database.query('select * from "other ""schema"""."select"(12, true)')).toEqual([]);
  });

  test('a table name without room for the month is refused', async () => {
    const view = { ...migrationView(viewOfSet()), tableName: 'a'.repeat(56) };
    await expect(apply(renderMigration(view))).rejects.toMatchObject({ code: '42622' });
  });
});

/** Until a session of this database waits for another one; polls, as a wait has no event. */
async function untilBlocked(database: Database): Promise<boolean> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const blocked = await database.query(
      'select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0',
    );
    if (blocked.length > 0) return true;
  }
  return false;
}
