import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { DROP_OLD, ENSURE, insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase, MAINTAINER, OWNER, STRANGER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';

const DENIED = { code: '42501' };

describe.each(inject('servers'))('$label: privileges', (server) => {
  let database: Database;
  beforeEach(async () => {
    database = await createScannerDatabase(server);
  });
  afterEach(() => database.drop());

  const as = (role: string, text: string) => database.connect((client) => client.query(text), role);

  test('a member of hotlookup_maintenance may call both functions, and nothing else', async () => {
    await as(MAINTAINER, `select * from ${ENSURE}(2)`);
    await as(MAINTAINER, `select * from ${DROP_OLD}(1, false)`);
    const [, , third = ''] = await partitionsOf(database);
    for (const text of [
      `select from ${PARENT}`,
      `insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest) values ('b', 'c', 'd')`,
      `delete from ${PARENT}`,
      `drop table ${PARENT}`,
      `drop table scanner.${third.split(' ')[0]}`,
      `alter table ${PARENT} add column mine text`,
      `create table scanner.mine ()`,
      `create or replace function ${ENSURE}(months_ahead integer) returns void language sql as ''`,
    ])
      await expect(as(MAINTAINER, text), text).rejects.toMatchObject(DENIED);
  });

  test('the maintenance role cannot log in and owns nothing', async () => {
    const [role] = await database.query(
      `select rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,
              (select count(*)::int from pg_shdepend where refobjid = r.oid and deptype = 'o') as owned
         from pg_roles r where rolname = 'hotlookup_maintenance'`,
    );
    expect(role).toEqual({
      rolcanlogin: false,
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolbypassrls: false,
      owned: 0,
    });
  });

  test('both functions act for the owner of the table, who is no superuser', async () => {
    const rows = await database.query(
      `select distinct pg_get_userbyid(proowner) as owner, prosecdef, array_to_string(proconfig, '; ') as settings,
              (select rolsuper from pg_roles where oid = proowner) as superuser
         from pg_proc where pronamespace = 'scanner'::regnamespace`,
    );
    expect(rows).toEqual([
      {
        owner: OWNER,
        prosecdef: true,
        settings: 'search_path=pg_catalog, pg_temp; TimeZone=UTC; DateStyle=ISO',
        superuser: false,
      },
    ]);
  });

  test('anybody else may call neither, even with the schema open to them', async () => {
    for (const call of [`${ENSURE}(1)`, `${DROP_OLD}(12)`])
      await expect(as(STRANGER, `select * from ${call}`)).rejects.toMatchObject(DENIED);
    await database.query(`grant usage on schema scanner to ${STRANGER}`);
    for (const call of [`${ENSURE}(1)`, `${DROP_OLD}(12)`])
      await expect(as(STRANGER, `select * from ${call}`)).rejects.toMatchObject({
        code: '42501',
        message: expect.stringContaining('permission denied for function'),
      });
  });

  test('what a caller puts into the search path is not called with the rights of the owner', async () => {
    await database.query(`
      grant create, temporary on database ${database.name} to ${MAINTAINER};
      set role ${MAINTAINER};
      create schema evil;
      create table evil.seen (who name);
      grant all on schema evil to public;
      create function evil.now() returns timestamptz language sql as
        $$ insert into evil.seen values (current_user); select timestamptz '2001-01-01' $$;
      create function evil.equal(timestamptz, timestamptz) returns boolean language sql as
        $$ insert into evil.seen values (current_user); select true $$;
      create operator evil.< (leftarg = timestamptz, rightarg = timestamptz, function = evil.equal);
      create table evil.pg_inherits (inhrelid oid, inhparent oid, inhdetachpending boolean);
      grant all on all tables in schema evil to public`);
    await database.connect(async (client) => {
      await client.query(`
        create temporary table pg_class (oid oid, relname name, relpartbound pg_node_tree);
        create domain pg_temp.timestamptz as text;
        set search_path = evil, pg_temp, pg_catalog`);
      const { rows } = await client.query(`select action from ${ENSURE}(2)`);
      expect(rows.map(({ action }) => action)).toEqual(['exists', 'exists', 'created']);
      await client.query(`select * from ${DROP_OLD}(12, false)`);
    }, MAINTAINER);
    expect(await database.query('select * from evil.seen')).toEqual([]);
    expect(await partitionsOf(database)).toHaveLength(3);

    // The trap is a real one: without its own search_path the function walks into it.
    await database.query(`alter function ${ENSURE}(integer) reset search_path`);
    await as(MAINTAINER, `set search_path = evil, pg_catalog; select * from ${ENSURE}(0)`);
    expect(await database.query('select * from evil.seen')).toContainEqual({ who: OWNER });
  });

  test("rows go through the parent's grants; a partition by itself is closed to who has them", async () => {
    await database.query(`grant usage on schema scanner to ${STRANGER}; grant insert on ${PARENT} to ${STRANGER}`);
    await database.connect((client) => insertRow(client, new Date().toISOString()), STRANGER);
    const [current = ''] = await partitionsOf(database);
    await expect(as(STRANGER, `insert into scanner.${current.split(' ')[0]} select`)).rejects.toMatchObject(DENIED);
  });
});
