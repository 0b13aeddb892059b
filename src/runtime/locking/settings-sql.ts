import type { Connection } from '../connection.ts';

/*
 * Bounds are printed in the session's zone and style. A backend whose client was killed notices within half a second
 * and gives its locks back; only Linux can watch a connection like that in every version since 14.
 */
export const settingsSql = (
  { statementMs }: Pick<Connection, 'statementMs'>,
  { lockTimeoutMs }: { readonly lockTimeoutMs: number; readonly countsRows?: boolean },
) => `SELECT
  set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
  set_config('lock_timeout', '${lockTimeoutMs}ms', true),${statementMs === undefined ? '' : ` set_config('statement_timeout', '${statementMs}ms', true),`}
  CASE WHEN version() LIKE '%linux%' THEN set_config('client_connection_check_interval', '500ms', true) END`;

/** What role and PG_DSN say, for the user's function; and what the helper's own statements have. */
export const CALL_SEARCH_PATH = 'SET LOCAL search_path TO DEFAULT';
export const OWN_SEARCH_PATH = 'SET LOCAL search_path TO pg_catalog';
