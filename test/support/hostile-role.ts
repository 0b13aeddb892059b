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
  row_security: 'on',
};

/** Their values are lists of names: quotes would make one name of each. */
const LISTS = `'search_path', 'DateStyle'`;

/** `ALTER ROLE … SET` for all of these that the server has. */
export const hostileSql = (role: string): string => `do $$ declare s record; begin
  for s in select key, value from jsonb_each_text('${JSON.stringify(HOSTILE)}') loop
    if current_setting(s.key, true) is not null then
      execute format('alter role ${role} set %I = %s', s.key,
        case when s.key in (${LISTS}) then s.value else quote_literal(s.value) end);
    end if;
  end loop; end $$`;

/** Gives a role in one database what the server itself has, in the place of all of these. */
export const plainSql = (role: string, database: string): string => `do $$ declare s record; begin
  for s in select name, reset_val from pg_settings
    where name in (${Object.keys(HOSTILE)
      .map((name) => `'${name}'`)
      .join(', ')}) loop
    execute format('alter role ${role} in database ${database} set %I = %s', s.name,
      case when s.name in (${LISTS}) then s.reset_val else quote_literal(s.reset_val) end);
  end loop; end $$`;

/** What stands before pg_catalog in the hostile search path: names that the helper's statements use, with lies behind them. */
export const HOSTILE_SCHEMA = `create schema hostile;
  create function hostile.now() returns timestamptz language sql as $$ select timestamptz '2001-01-01 00:00+00' $$;
  create function hostile.pg_try_advisory_lock(bigint) returns bool language sql as 'select true';
  create function hostile.pg_try_advisory_xact_lock(bigint) returns bool language sql as 'select true';
  create function hostile.pg_backend_pid() returns int language sql as 'select 1';
  create function hostile.current_setting(text) returns text language sql as $$ select 'lie' $$;
  create function hostile.set_config(text, text, boolean) returns text language sql as $$ select 'lie' $$;
  create function hostile.pg_has_role(oid, text) returns bool language sql as 'select true';
  create view hostile.pg_class as select * from pg_catalog.pg_class where false;
  create view hostile.pg_inherits as select * from pg_catalog.pg_inherits where false;
  create view hostile.pg_locks as select * from pg_catalog.pg_locks where false;
  create domain hostile.timestamptz as pg_catalog.text;
  grant usage on schema hostile to public`;

/** Only servers since 17 have it, so it cannot be among the options below. */
export const NO_TRANSACTION_TIMEOUT = `select set_config(name, '0', false) from pg_settings where name = 'transaction_timeout'`;

/** For a person's own sessions as such a role: what PostgreSQL has without the role's settings. */
export const PLAIN_OPTIONS = [
  ...['default_transaction_isolation=read\\ committed', 'default_transaction_deferrable=off', 'statement_timeout=0'],
  ...['lock_timeout=0', 'idle_in_transaction_session_timeout=0', 'idle_session_timeout=0', 'search_path=public'],
  ...['DateStyle=ISO,\\ MDY', 'TimeZone=UTC', 'IntervalStyle=postgres', 'extra_float_digits=1'],
  ...[
    'standard_conforming_strings=on',
    'backslash_quote=safe_encoding',
    'quote_all_identifiers=off',
    'bytea_output=hex',
  ],
  ...['array_nulls=on', 'transform_null_equals=off', 'client_min_messages=notice', 'exit_on_error=off'],
]
  .map((setting) => `-c ${setting}`)
  .join(' ');
