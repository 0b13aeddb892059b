import { describe, expect, inject, test } from 'vitest';
import { SESSION_SETTINGS } from '../../src/runtime/locking/session-settings.ts';
import type { Database } from '../support/database.ts';
import { runHelper, startHelper } from '../support/helper.ts';
import { addMonths, onDatabase, partitionName } from '../support/jobs.ts';
import { partitionsOf } from '../support/partitions.ts';
import { OWNER } from '../support/scanner.ts';

const rows = SESSION_SETTINGS.flatMap(({ names }) => names);

/** As a superuser would do it, for this database alone, so that other tests are not in it. */
const setFor = (database: Database, setting: string) =>
  database.query(`alter role ${OWNER} in database ${database.name} set ${setting}`);

test('each setting stands in one row', () => {
  expect(rows.filter((name, index) => rows.indexOf(name) !== index)).toEqual([]);
});

describe.each(inject('servers'))('$label', (server) => {
  test(
    'every setting that a role can have a value of its own for stands in the table',
    onDatabase(server, async (database) => {
      const found = await database.query<{ name: string }>(
        `select name from pg_settings where context in ('user', 'superuser') and name not like '%.%'`,
      );
      expect(found.length).toBeGreaterThan(100);
      expect(found.map(({ name }) => name).filter((name) => !rows.includes(name))).toEqual([]);
    }),
  );

  test.each([
    ['session_replication_role = replica', 'session_replication_role'],
    ['zero_damaged_pages = on', 'zero_damaged_pages'],
    ['ignore_checksum_failure = on', 'ignore_checksum_failure'],
  ])('%s is refused before anything is done, with the command that mends it', (setting, name) =>
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const before = await partitionsOf(database);
      await setFor(database, setting);
      for (const args of [
        ['retention', '12', 'false'],
        ['plan'],
        ['ensure', '3'],
        ['status'],
        ['restore', '2025-01'],
      ]) {
        const ran = await startHelper(database, { args });
        expect({ args, exitCode: ran.exitCode, stderr: ran.stderr }).toMatchObject({
          exitCode: 7,
          stderr: expect.stringContaining(`ALTER ROLE "${OWNER}" IN DATABASE "${database.name}" RESET ${name};`),
        });
      }
      expect(await partitionsOf(database)).toEqual(before);
    })(),
  );

  test(
    'what is set on purpose is left, and told',
    onDatabase(server, async (database) => {
      await database.query(`create role scanner_deputy; grant scanner_deputy to ${OWNER}`).catch(() => undefined);
      await setFor(database, `role = ${OWNER}`);
      const { report, stderr, exitCode } = await runHelper(database, { args: ['status'] });
      expect({ exitCode, stderr, settings: report.settings }).toEqual({
        exitCode: 0,
        stderr: '',
        settings: [{ name: 'role', value: OWNER }],
      });
    }),
  );

  test(
    'a comment that was written while the run waited for the lock saves the table, whatever level the role has',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await runHelper(database, { options: '--grace-days 3' });
      const held = partitionName(-13).replace('scanner.', 'hotlookup_grace.');
      await database.query(`do $$ begin execute format('comment on table ${held} is %L', regexp_replace(
        obj_description('${held}'::regclass), '"until":"[^"]*"', '"until":"2020-01-01T00:00:00.000Z"')); end $$`);
      await database.connect(async (person) => {
        await person.query(`begin; comment on table ${held} is 'legal hold'`);
        const run = startHelper(database, { options: '--lock-timeout 10s' });
        await expect
          .poll(async () => (await database.query(`select from pg_locks where not granted`)).length, {
            timeout: 20_000,
          })
          .toBeGreaterThan(0);
        await person.query('commit');
        expect(await run).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('its comment was changed') });
      });
      expect(await database.query(`select where to_regclass('${held}') is not null`)).toHaveLength(1);
    }),
  );
});
