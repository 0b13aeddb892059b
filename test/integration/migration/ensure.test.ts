import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { setClock } from '../../harness/jobs/clock.ts';
import { dropOld, ENSURE, ensure, insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase, MAINTAINER, OWNER, STRANGER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';

describe.each(inject('servers'))('$label: ensure', (server) => {
  let database: Database;
  beforeEach(async () => {
    database = await createScannerDatabase(server);
    await setClock(database, '2028-01-31 23:59:59+00');
  });
  afterEach(() => database.drop());

  const asMaintainer = (monthsAhead: number) => database.connect((client) => ensure(client, monthsAhead), MAINTAINER);

  test('creates the current month and those ahead, once', async () => {
    expect(await asMaintainer(2)).toEqual([
      'created 2028-01-01T00:00 2028-02-01T00:00',
      'created 2028-02-01T00:00 2028-03-01T00:00',
      'created 2028-03-01T00:00 2028-04-01T00:00',
    ]);
    const before = await partitionsOf(database);
    expect(before).toContain('artifact_boms_2028_02 2028-02-01 00:00:00+00 2028-03-01 00:00:00+00');
    expect(await asMaintainer(2)).toEqual([
      'exists 2028-01-01T00:00 2028-02-01T00:00',
      'exists 2028-02-01T00:00 2028-03-01T00:00',
      'exists 2028-03-01T00:00 2028-04-01T00:00',
    ]);
    expect(await partitionsOf(database)).toEqual(before);
  });

  test.each([
    ['2028-02-29 23:59:59.999999+00', '2028-02-01T00:00 2028-03-01T00:00'],
    ['2028-03-01 00:00:00+00', '2028-03-01T00:00 2028-04-01T00:00'],
    ['2027-12-31 23:59:59.999999+00', '2027-12-01T00:00 2028-01-01T00:00'],
    ['2100-02-28 23:59:59+00', '2100-02-01T00:00 2100-03-01T00:00'],
    // Already the next month in Auckland, still the last one in Honolulu: UTC decides.
    ['2028-06-30 23:30:00-00', '2028-06-01T00:00 2028-07-01T00:00'],
    ['2028-07-01 00:30:00-00', '2028-07-01T00:00 2028-08-01T00:00'],
  ])('at %s the current month is %s', async (now, month) => {
    await setClock(database, now);
    expect(await asMaintainer(0)).toEqual([`created ${month}`]);
  });

  test.each([
    ['Pacific/Auckland', 'German'],
    ['Pacific/Honolulu', 'SQL, DMY'],
    ['Europe/Paris', 'Postgres, MDY'],
  ])('bounds are the same instants for a session in %s with DateStyle %s', async (timezone, datestyle) => {
    await database.connect(async (client) => {
      await client.query(`select set_config('timezone', $1, false), set_config('datestyle', $2, false)`, [
        timezone,
        datestyle,
      ]);
      await client.query(`select * from ${ENSURE}(1)`);
      const { rows } = await client.query(`select action from ${ENSURE}(1)`);
      expect(rows).toEqual([{ action: 'exists' }, { action: 'exists' }]);
      const shown = await client.query(
        "select current_setting('timezone') || ' ' || current_setting('datestyle') as settings",
      );
      expect(shown.rows[0].settings).toContain(timezone);
    });
    expect(await partitionsOf(database)).toEqual(
      expect.arrayContaining([
        'artifact_boms_2028_01 2028-01-01 00:00:00+00 2028-02-01 00:00:00+00',
        'artifact_boms_2028_02 2028-02-01 00:00:00+00 2028-03-01 00:00:00+00',
      ]),
    );
  });

  test('bounds decide, never names: a month that other partitions cover exists', async () => {
    await database.query(`
      create table scanner.first_quarter partition of ${PARENT} for values from ('2028-01-01 00:00+00') to ('2028-03-10 00:00+00');
      create table scanner.rest partition of ${PARENT} for values from ('2028-03-10 00:00+00') to (maxvalue)`);
    expect(await asMaintainer(3)).toEqual([
      'exists 2028-01-01T00:00 2028-02-01T00:00',
      'exists 2028-02-01T00:00 2028-03-01T00:00',
      'exists 2028-03-01T00:00 2028-04-01T00:00',
      'exists 2028-04-01T00:00 2028-05-01T00:00',
    ]);
  });

  test('a gap in the past, and a future month made early, stop nothing', async () => {
    await database.query(`
      create table scanner.long_ago partition of ${PARENT} for values from (minvalue) to ('2020-01-01 00:00+00');
      create table scanner.early partition of ${PARENT} for values from ('2028-02-01 00:00+00') to ('2028-03-01 00:00+00')`);
    expect((await asMaintainer(2)).map((line) => line.split(' ')[0])).toEqual(['created', 'exists', 'created']);
  });

  test('a table that merely has the name of a partition is refused, and nothing is made', async () => {
    await database.query(`create table scanner.artifact_boms_2028_02 (like ${PARENT} including all)`);
    const before = await partitionsOf(database);
    await expect(asMaintainer(1)).rejects.toMatchObject({
      code: '55000',
      message:
        'scanner.artifact_boms_2028_02 exists, but is not the partition from 2028-02-01 00:00:00+00 to 2028-03-01 00:00:00+00',
      detail: 'Its bounds as a partition: none; it is not attached',
      hint: expect.stringContaining('rename it'),
    });
    expect(await partitionsOf(database)).toEqual(before);
  });

  test('so is a partition of that name with the bounds of local time, which covers only a part', async () => {
    await database.query(
      `create table scanner.artifact_boms_2028_01 partition of ${PARENT} for values from ('2028-01-01 00:00+01') to ('2028-01-31 23:00+00')`,
    );
    await expect(asMaintainer(0)).rejects.toMatchObject({
      code: '55000',
      message: expect.stringContaining('scanner.artifact_boms_2028_01 covers only a part of the month from 2028-01-01'),
    });
  });

  test('and one with the bounds of another month', async () => {
    await database.query(
      `create table scanner.artifact_boms_2028_01 partition of ${PARENT} for values from ('2030-01-01 00:00+00') to ('2030-02-01 00:00+00')`,
    );
    await expect(asMaintainer(0)).rejects.toMatchObject({
      code: '55000',
      detail: expect.stringContaining('2030-01-01 00:00:00+00'),
    });
  });

  test('anything but 0 to 120 months ahead is refused', async () => {
    for (const months of [null, -1, 121, 2147483647])
      await expect(database.query(`select * from ${ENSURE}($1)`, [months])).rejects.toMatchObject({
        code: '22023',
        message: `months_ahead must be a whole number from 0 to 120, not ${months ?? 'NULL'}`,
      });
  });

  test('120 months ahead are made in one call', async () => {
    expect(await asMaintainer(120)).toHaveLength(121);
    expect((await partitionsOf(database)).at(-1)).toContain('2038-01-01 00:00:00+00 2038-02-01');
  });

  test('a partition has the owner, the indexes, the keys and the comments of the parent, each once', async () => {
    await database.query(`
      create table scanner.builds (build_id text primary key); insert into scanner.builds values ('build');
      alter table ${PARENT} add foreign key (build_id) references scanner.builds;
      comment on column ${PARENT}.build_id is 'the build'`);
    await asMaintainer(0);
    const [row] = await database.query(
      `select pg_get_userbyid(relowner) as owner, col_description(oid, 1) as comment,
              (select array_agg(contype::text order by contype) from pg_constraint where conrelid = c.oid and contype in ('p', 'f')) as keys,
              (select count(*)::int from pg_index where indrelid = c.oid) as indexes,
              (select count(*)::int from pg_index where indrelid = '${PARENT}'::regclass) as parent_indexes,
              (select count(*)::int from pg_index join pg_inherits on inhrelid = indexrelid where indrelid = c.oid) as attached_indexes
         from pg_class c where oid = 'scanner.artifact_boms_2028_01'::regclass`,
    );
    expect(row).toEqual({
      owner: OWNER,
      comment: 'the build',
      keys: ['f', 'p'],
      indexes: 5,
      parent_indexes: 5,
      attached_indexes: 5,
    });
  });

  test('a pending detach is named with the command that ends it', async () => {
    await asMaintainer(0);
    await database.connect(async (reader) => {
      await reader.query(`begin; select from ${PARENT}`);
      await expect(
        database.connect(async (client) => {
          await client.query("set lock_timeout = '100ms'");
          await client.query(`alter table ${PARENT} detach partition scanner.artifact_boms_2028_01 concurrently`);
        }),
      ).rejects.toMatchObject({ code: '55P03' });
    });
    await expect(asMaintainer(0)).rejects.toMatchObject({
      code: '55000',
      hint: 'Run: ALTER TABLE scanner.artifact_boms DETACH PARTITION scanner.artifact_boms_2028_01 FINALIZE;',
    });
    await setClock(database, '2030-01-15 00:00+00');
    expect(await database.connect((client) => dropOld(client, 1, false), MAINTAINER)).toContain(
      'detach pending scanner.artifact_boms_2028_01',
    );
    await database.query(`alter table ${PARENT} detach partition scanner.artifact_boms_2028_01 finalize`);
  });

  test('rows of the maintained months are routed without a grant on the partition', async () => {
    await database.query(`grant usage on schema scanner to ${STRANGER}; grant insert on ${PARENT} to ${STRANGER}`);
    await asMaintainer(0);
    await database.connect((client) => insertRow(client, '2028-01-31 23:59:59.999999+00'), STRANGER);
    expect(await database.query('select from scanner.artifact_boms_2028_01')).toHaveLength(1);
  });
});
