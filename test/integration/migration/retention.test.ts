import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { setClock } from '../../harness/jobs/clock.ts';
import { DROP_OLD, dropOld, insertRow, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase, MAINTAINER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';

const NAMES = Array.from({ length: 15 }, (_, index) => {
  const month = new Date(Date.UTC(2026, 9 + index, 1)).toISOString();
  return `artifact_boms_${month.slice(0, 4)}_${month.slice(5, 7)}`;
});

describe.each(inject('servers'))('$label: retention', (server) => {
  let database: Database;
  beforeEach(async () => {
    database = await createScannerDatabase(server);
    // 15 months from October 2026 to December 2027, which is the current one; the migration's own partitions go first.
    await database.query(`
      do $$ declare partition regclass; begin
        for partition in select inhrelid from pg_inherits where inhparent = '${PARENT}'::regclass loop
          execute format('drop table %s', partition);
        end loop;
        for month in 0..14 loop
          execute format('create table scanner.%I partition of ${PARENT} for values from (%L) to (%L)',
            'artifact_boms_' || to_char(timestamp '2026-10-01' + make_interval(months => month), 'YYYY_MM'),
            (timestamp '2026-10-01' + make_interval(months => month)) || '+00',
            (timestamp '2026-10-01' + make_interval(months => month + 1)) || '+00');
        end loop;
      end $$`);
    await setClock(database, '2027-12-31 23:59:59+00');
  });
  afterEach(() => database.drop());

  const asMaintainer = (keepMonths: number, dryRun: boolean | null) =>
    database.connect((client) => dropOld(client, keepMonths, dryRun), MAINTAINER);
  const names = async () => (await partitionsOf(database)).map((line) => line.split(' ')[0]);

  test('of 15 months, keeping 12 before the current one drops the 2 that ended by then', async () => {
    await database.connect((client) => insertRow(client, '2026-10-31 23:59:59+00'));
    const wanted = ['scanner.artifact_boms_2026_10', 'scanner.artifact_boms_2026_11'];
    expect(await asMaintainer(12, true)).toEqual(wanted.map((name) => `would drop ${name}`));
    expect(await names()).toEqual(NAMES);
    expect(await asMaintainer(12, false)).toEqual(wanted.map((name) => `dropped ${name}`));
    expect(await names()).toEqual(NAMES.slice(2));
    expect(await asMaintainer(12, false)).toEqual([]);
  });

  test('twelve are dropped in one call', async () => {
    expect(await asMaintainer(2, false)).toHaveLength(12);
    expect(await names()).toEqual(NAMES.slice(12));
  });

  test('tells bounds, estimated rows and size', async () => {
    await database.connect((client) => insertRow(client, '2026-10-05 00:00+00'));
    const report = () => database.query(`select * from ${DROP_OLD}(13, true)`);
    const [fresh] = await report();
    expect(fresh).toMatchObject({
      partition_name: 'scanner.artifact_boms_2026_10',
      lower_bound: new Date('2026-10-01T00:00:00Z'),
      upper_bound: new Date('2026-11-01T00:00:00Z'),
      rows_estimate: null,
    });
    expect(Number(fresh?.['bytes'])).toBeGreaterThan(8192);
    await database.query('analyze scanner.artifact_boms_2026_10');
    expect(await report()).toMatchObject([{ rows_estimate: '1' }]);
  });

  test('without a second argument, and with NULL, it only reports', async () => {
    expect(await database.query(`select action from ${DROP_OLD}(13)`)).toEqual([{ action: 'would drop' }]);
    expect(await asMaintainer(13, null)).toEqual(['would drop scanner.artifact_boms_2026_10']);
    expect(await names()).toEqual(NAMES);
  });

  test('anything but 1 to 1200 months to keep is refused', async () => {
    for (const months of [null, 0, -1, 1201])
      await expect(database.query(`select * from ${DROP_OLD}($1, false)`, [months])).rejects.toMatchObject({
        code: '22023',
        message: `keep_months must be a whole number from 1 to 1200, not ${months ?? 'NULL'}`,
      });
    expect(await names()).toEqual(NAMES);
  });

  test('the newest stays, even when all have ended long ago', async () => {
    await setClock(database, '2040-01-01 00:00+00');
    expect((await asMaintainer(1, false)).at(-1)).toBe('kept as the newest scanner.artifact_boms_2027_12');
    expect(await names()).toEqual(['artifact_boms_2027_12']);
  });

  test('at the first instant of a month one more is old enough', async () => {
    await setClock(database, '2028-01-01 00:00:00+00');
    expect(await asMaintainer(12, true)).toHaveLength(3);
  });

  test('bounds decide, never names; a DEFAULT partition has none and stays', async () => {
    await database.query(`
      create table scanner.artifact_boms_default partition of ${PARENT} default;
      create table scanner.artifact_boms_2001_01 partition of ${PARENT} for values from ('2030-01-01 00:00+00') to (maxvalue);
      create table scanner."Old Rows" partition of ${PARENT} for values from (minvalue) to ('2026-10-01 00:00+00')`);
    expect(await asMaintainer(13, false)).toEqual([
      'dropped scanner."Old Rows"',
      'dropped scanner.artifact_boms_2026_10',
    ]);
    expect(await names()).toEqual(expect.arrayContaining(['artifact_boms_default', 'artifact_boms_2001_01']));
  });

  test('one that ends a moment after the cutoff stays', async () => {
    await database.query(`alter table ${PARENT} detach partition scanner.artifact_boms_2026_11`);
    await database.query(`alter table ${PARENT} attach partition scanner.artifact_boms_2026_11
      for values from ('2026-11-01 00:00+00') to ('2026-12-01 00:00:00+00')`);
    await database.query(`alter table ${PARENT} detach partition scanner.artifact_boms_2026_12`);
    await database.query(`create table scanner.late partition of ${PARENT}
      for values from ('2026-12-01 00:00+00') to ('2026-12-01 00:00:00.000001+00')`);
    expect(await asMaintainer(12, true)).toHaveLength(2);
  });

  test('what depends on a partition is not dropped along with it', async () => {
    await database.query('create view scanner.october as select * from scanner.artifact_boms_2026_10');
    await expect(asMaintainer(12, false)).rejects.toMatchObject({ code: '2BP01' });
    expect(await names()).toEqual(NAMES);
  });
});
