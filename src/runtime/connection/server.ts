import { AppError } from '../../errors.ts';
import type { Session } from './session.ts';

const OLDEST_VERSION = 14;

/** What must be known of a server before it is used. */
export type ServerState = { readonly version: number; readonly standby: boolean; readonly readOnly: boolean };

/** Asked before anything is pinned, so no name in it depends on search_path. */
const QUESTION = `SELECT pg_catalog.current_setting('server_version_num') AS number,
  pg_catalog.pg_is_in_recovery() AS standby, pg_catalog.current_setting('default_transaction_read_only') AS "readOnly"`;

/**
 * PostgreSQL 14 and later tell unasked, which saves a round trip. A pooler tells what it once heard, or nothing: before a server
 * is refused, it is asked.
 */
export async function stateOf({ client, parameters }: Session): Promise<ServerState> {
  const version = Number.parseInt(parameters.get('server_version') ?? '', 10);
  const takesWrites =
    parameters.get('in_hot_standby') === 'off' && parameters.get('default_transaction_read_only') === 'off';
  if (version < OLDEST_VERSION || takesWrites) return { version, standby: false, readOnly: false };
  const { rows } = await client.query<{ number: string; standby: string; readOnly: string }>(QUESTION);
  const [row] = rows;
  return {
    version: Math.floor(Number(row?.number) / 10_000),
    standby: row?.standby === 't',
    readOnly: row?.readOnly === 'on',
  };
}

/** Why maintenance cannot run at a server that works, and what to do about it. */
export type Objection = { readonly reason: string; readonly advice: string };

/**
 * Whoever set `default_transaction_read_only` wants no writes (a full disk, a primary that steps down), so it is not
 * overridden, as libpq's `target_session_attrs=read-write` does not either.
 */
const READ_ONLY: Objection = {
  reason: 'it takes no writes, as default_transaction_read_only is on for the server, the database or the role',
  advice:
    'find out who set it and why: it stands in Options of PG_DSN, in what SELECT * FROM pg_db_role_setting shows, or in the configuration of the server',
};

const STANDBY: Objection = {
  reason: 'it is a standby, which takes no writes',
  advice: 'name the primary in Host, or list all servers of the cluster: Host=a,b',
};

/** What speaks against maintenance there; undefined if nothing does. @throws AppError with exit code 5 if the server is too old. */
export function objectionTo(state: ServerState, address: string): Objection | undefined {
  if (state.version < OLDEST_VERSION) {
    throw new AppError(
      'missing',
      `${address} is PostgreSQL ${state.version}; ${OLDEST_VERSION} is the oldest that will do`,
      {
        advice: 'Upgrade the server, or correct Host and Port in PG_DSN.',
      },
    );
  }
  if (state.standby) return STANDBY;
  return state.readOnly ? READ_ONLY : undefined;
}
