import type pg from 'pg';
import type { Database } from './database.ts';
import { HOSTILE_SCHEMA } from './hostile-schema.ts';

/**
 * What a role may bring along that could hurt: every value here changes what a statement means, sees or may take, unless the helper
 * sets its own. `default_transaction_read_only` is not among them, as it is respected on purpose.
 */
export const HOSTILE: Readonly<Record<string, string>> = {
  default_transaction_isolation: 'repeatable read',
  default_transaction_deferrable: 'on',
  statement_timeout: '3s',
  lock_timeout: '1ms',
  idle_in_transaction_session_timeout: '2s',
  idle_session_timeout: '2s',
  transaction_timeout: '2s',
  client_connection_check_interval: '0',
  search_path: 'hostile, pg_catalog',
  DateStyle: 'German, DMY',
  TimeZone: 'Asia/Kathmandu',
  IntervalStyle: 'sql_standard',
  extra_float_digits: '-15',
  standard_conforming_strings: 'off',
  backslash_quote: 'off',
  quote_all_identifiers: 'on',
  bytea_output: 'escape',
  lc_monetary: 'POSIX',
  array_nulls: 'off',
  transform_null_equals: 'on',
  restrict_nonsystem_relation_kind: 'view, foreign-table',
  stats_fetch_consistency: 'snapshot',
  client_min_messages: 'debug1',
  exit_on_error: 'on',
  gin_fuzzy_search_limit: '1',
  jit: 'on',
  // Whatever runs without the helper's own settings is compiled, which takes longer than to run it.
  jit_above_cost: '0',
  jit_inline_above_cost: '0',
  jit_optimize_above_cost: '0',
  // What the helper itself sets where it counts rows is the other value: then hidden rows are an error.
  row_security: 'on',
  // Of no consequence: these change plans and messages, and show that nothing depends on them.
  debug_parallel_query: 'on',
  force_parallel_mode: 'on',
  plan_cache_mode: 'force_generic_plan',
  constraint_exclusion: 'on',
  enable_partition_pruning: 'off',
  join_collapse_limit: '1',
  geqo_threshold: '2',
  work_mem: '64kB',
  lc_time: 'POSIX',
  timezone_abbreviations: 'India',
  xmloption: 'document',
  check_function_bodies: 'off',
};

/** A list of names: quotes would make one name of it. */
const valueSql = (name: string, value: string) => (name === 'search_path' ? value : `'${value}'`);

/** `ALTER ROLE … SET` for all of these that the server has. */
const settingsSql = (role: string, settings: ReadonlyArray<readonly [string, string]>) => `do $$ begin
  ${settings
    .map(
      ([name, value]) =>
        `if current_setting('${name}', true) is not null then alter role ${role} set ${name} = ${valueSql(name, value)}; end if;`,
    )
    .join('\n  ')} end $$`;

/** For a role on the whole server. Where the hostile schema is missing, its search path does no harm. */
export const hostileRoleSql = (role: string): string => settingsSql(role, Object.entries(HOSTILE));

/** For a role in one database, which gets the hostile schema unless it has it. */
export async function makeHostile(database: Database, role: string): Promise<void> {
  const found = await database.query(`select from pg_namespace where nspname = 'hostile'`);
  if (found.length === 0) await database.query(HOSTILE_SCHEMA);
  await database.query(settingsSql(`${role} in database ${database.name}`, Object.entries(HOSTILE)));
}

/** PostgreSQL's own values of these; qualified for a session that has not got them yet. */
const plainSettings = (select: string) => `select ${select} from pg_catalog.pg_settings s
  where s.boot_val is not null and s.name operator(pg_catalog.=) any ('{${Object.keys(HOSTILE).join(',')}}'::pg_catalog.text[])`;

/** Gives a role in one database what PostgreSQL itself has, in the place of all of these. */
export async function makePlain(database: Database, role: string): Promise<void> {
  const settings = await database.query<{ name: string; boot_val: string }>(plainSettings('name, boot_val'));
  const entries = settings.map(({ name, boot_val }) => [name, boot_val] as const);
  await database.query(settingsSql(`${role} in database ${database.name}`, entries));
}

/** The same for a person's own session as such a role. */
export async function becomePlain(client: pg.Client): Promise<void> {
  await client.query(
    `set jit = off; ${plainSettings('pg_catalog.count(pg_catalog.set_config(s.name, s.boot_val, false))')}`,
  );
}
