import { literal } from '../../shared/sql.ts';
import type { Connection } from '../connection.ts';
import { handled } from './table.ts';

/** A helper that hangs in a transaction for this long loses it, and with it the locks that others wait for. */
const IDLE_IN_TRANSACTION_MS = 60_000;

export type Limits = {
  /** One wait for a lock. */
  readonly lockTimeoutMs: number;
  /** One statement; undefined is no limit. */
  readonly statementMs: number | undefined;
};

/*
 * These statements come before search_path is set, so every name in them says its schema, operators and types included. A setting
 * that this server does not have is left out.
 */
const set = (name: string, value: string, isLocal: boolean) =>
  `CASE WHEN pg_catalog.current_setting(${quoted(name)}, true) IS NOT NULL THEN pg_catalog.set_config(${quoted(name)}, ${quoted(value)}, ${isLocal}) END`;

const quoted = (text: string) => literal(text).trim();

/** Only Linux can watch a connection in every version since 14. */
const watch = (isLocal: boolean) =>
  `CASE WHEN pg_catalog.strpos(pg_catalog.version(), 'linux') OPERATOR(pg_catalog.>) 0 THEN pg_catalog.set_config('client_connection_check_interval', '500ms', ${isLocal}) END`;

/** 0 would be no limit at all, and more than an integer holds is not taken. */
const milliseconds = (limit: number) => `${Math.min(Math.max(Math.ceil(limit), 1), 2_147_483_647)}`;
const statementLimit = (limit: number | undefined) => (limit === undefined ? '0' : milliseconds(limit));

function budgets({ lockTimeoutMs, statementMs }: Limits, isLocal: boolean): string[] {
  return [
    set('lock_timeout', milliseconds(lockTimeoutMs), isLocal),
    set('statement_timeout', statementLimit(statementMs), isLocal),
    // In an open transaction no other value than 0 stops the clock that the role's has started.
    set('transaction_timeout', '0', isLocal),
    set('idle_in_transaction_session_timeout', milliseconds(IDLE_IN_TRANSACTION_MS), isLocal),
    set('idle_session_timeout', '0', isLocal),
    watch(isLocal),
  ];
}

const PINNED = handled('pinned').map(({ name, value = '' }) => set(name, value, true));
const COUNTED = handled('counted').map(({ name, value = '' }) => set(name, value, true));

const current = (name: string) => `pg_catalog.current_setting(${quoted(name)}, true)`;

const LOOKED_AT = [...handled('refused'), ...handled('respected')].map(({ name, value = '' }) => ({
  name: quoted(name),
  value: quoted(value),
  current: current(name),
}));

/** Where a harmful one was set. Looking costs as much as half of all the rest, so it is done where there is one. */
const SOURCES = `CASE WHEN ${LOOKED_AT.map((one) => `${one.current} OPERATOR(pg_catalog.<>) ${one.value}`).join(' OR ')}
    THEN ARRAY(SELECT pg_catalog.json_build_array(s.name, s.source) FROM pg_catalog.pg_show_all_settings() s
      WHERE ${LOOKED_AT.map(({ name }) => `s.name OPERATOR(pg_catalog.=) ${name}`).join(' OR ')}) END`;

const READ = `pg_catalog.json_build_object('user', session_user, 'database', pg_catalog.current_database(),
    'settings', pg_catalog.json_build_object(${LOOKED_AT.map((one) => `${one.name}, ${one.current}`).join(', ')}),
    'sources', ${SOURCES}) AS session`;

/**
 * What every transaction begins with, for itself alone: a pooler may give the session to others after it. The SELECT at the end gives one row, of
 * which `requireHarmless` reads the column `session`. Before it stands what a SELECT is subject to: a time-out that ends it, and a compiler
 * that takes longer for it than for all the rest.
 */
export function pinStatements(limits: Limits, countsRows: boolean): string[] {
  return [
    'SET LOCAL jit = off',
    `SET LOCAL statement_timeout = ${statementLimit(limits.statementMs)}`,
    `SELECT ${[...PINNED, ...(countsRows ? COUNTED : []), ...budgets(limits, true), READ].join(',\n  ')}`,
  ];
}

/** Keeps a session from ending between two tries: for a session that is the client's own, told by its server process. */
export const keepSessionSql = ({ server: { processId } }: Connection): string =>
  `SELECT CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.=) ${processId ?? 'NULL'} THEN
    pg_catalog.json_build_array(${set('idle_session_timeout', '0', false)}, ${set('exit_on_error', 'off', false)}) END`;

const OWN_PATH = handled('pinned').find(({ name }) => name === 'search_path')?.value ?? 'pg_catalog';

const DEFAULTS = [
  ['default_transaction_isolation', 'read committed'],
  ['default_transaction_deferrable', 'off'],
  ['search_path', OWN_PATH],
] as const;

/**
 * The same for one statement outside of any transaction, in a session that is the client's own; `resetSql` takes it back. What is not set here
 * does not matter to it: it gives no rows, and says the schema of whatever it names. A message of several statements is a transaction, so what
 * the SELECT is subject to can be set for it alone.
 */
export const sessionPinSql = (limits: Limits): string =>
  [
    'SET LOCAL jit = off',
    `SET LOCAL statement_timeout = ${statementLimit(limits.statementMs)}`,
    `SELECT ${[...DEFAULTS.map(([name, value]) => set(name, value, false)), ...budgets(limits, false)].join(',\n  ')}`,
  ].join(';\n');

const RESETTABLE = [
  ...DEFAULTS.map(([name]) => name),
  ...['lock_timeout', 'statement_timeout', 'idle_in_transaction_session_timeout', 'client_connection_check_interval'],
];

/** What the server calls its own default of these is what role, database and PG_DSN say. `idle_session_timeout` stays. */
export const resetSql: string = RESETTABLE.map((name) => `RESET ${name}`).join(';\n');

/** What role and PG_DSN say: for the user's function. */
export const CALL_SEARCH_PATH = 'SET LOCAL search_path TO DEFAULT';

/** What the helper's own statements have, after a function which may have set something else. */
export const OWN_SETTINGS = `SELECT ${PINNED.join(',\n  ')}`;
