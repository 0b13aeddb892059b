import { describe, expect, inject, test } from 'vitest';
import { SESSION_SETTINGS } from '../../../src/runtime/connection/settings/table.ts';
import { runHelper, startHelper } from '../../harness/jobs/helper.ts';
import { addMonths, onDatabase, partitionName } from '../../harness/jobs/jobs.ts';
import { partitionsOf } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';

const rows = SESSION_SETTINGS.flatMap(({ names }) => names);

/** As a superuser would do it, for this database alone, so that other tests are not in it. */
const setFor = (database: Database, setting: string) =>
  database.query(`alter role ${OWNER} in database ${database.name} set ${setting}`);

/** Majors that have a setting, where not all since 14 do; a packager's own is nowhere else. */
const ONLY: Readonly<Record<string, readonly [from: number, to: number] | 'packager'>> = {
  createrole_self_grant: [16, 18],
  debug_logical_replication_streaming: [16, 18],
  debug_parallel_query: [16, 18],
  enable_distinct_reordering: [18, 18],
  enable_group_by_reordering: [17, 18],
  enable_presorted_aggregate: [16, 18],
  enable_self_join_elimination: [18, 18],
  event_triggers: [17, 18],
  extension_control_path: [18, 18],
  extension_destdir: 'packager',
  file_copy_method: [18, 18],
  force_parallel_mode: [14, 15],
  icu_validation_level: [16, 18],
  io_combine_limit: [17, 18],
  log_lock_failures: [18, 18],
  md5_password_warnings: [18, 18],
  recursive_worktable_factor: [15, 18],
  scram_iterations: [16, 18],
  stats_fetch_consistency: [15, 18],
  track_cost_delay_timing: [18, 18],
  transaction_timeout: [17, 18],
  vacuum_buffer_usage_limit: [16, 18],
  vacuum_max_eager_freeze_failure_rate: [18, 18],
  vacuum_truncate: [18, 18],
};

function isDue(name: string, major: number): boolean {
  const only = ONLY[name];
  if (only === undefined) return true;
  return only !== 'packager' && major >= only[0] && major <= only[1];
}

test('each setting stands in one row', () => {
  expect(rows.filter((name, index) => rows.indexOf(name) !== index)).toEqual([]);
});

/** Somebody waits for a lock in this database: other test files use the same server at the same time. */
const WAITING = `select from pg_locks join pg_database on pg_database.oid = database
  where datname = current_database() and not granted`;

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

  test(
    'every row of the table is a setting of a server, and of those majors that it should be',
    onDatabase(server, async (database) => {
      const found = await database.query<{ name: string }>(
        `select name from unnest($1::text[]) name where current_setting(name, true) is not null`,
        [rows],
      );
      const here = found.map(({ name }) => name);
      const due = rows.filter((name) => isDue(name, server.major));
      expect(here.filter((name) => ONLY[name] !== 'packager').sort()).toEqual(due.sort());
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
        await expect.poll(async () => (await database.query(WAITING)).length, { timeout: 20_000 }).toBeGreaterThan(0);
        await person.query('commit');
        expect(await run).toMatchObject({ exitCode: 7, stderr: expect.stringContaining('its comment was changed') });
      });
      expect(await database.query(`select where to_regclass('${held}') is not null`)).toHaveLength(1);
    }),
  );
});
