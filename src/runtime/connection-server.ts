import { AppError, EXIT } from '../errors.ts';
import type { Session } from './connection-session.ts';

const OLDEST_VERSION = 14;

/** What must be known of a server before it is used. */
export type ServerState = { readonly version: number; readonly standby: boolean; readonly readOnly: boolean };

const QUESTION = `SELECT current_setting('server_version_num')::int / 10000 AS version,
  pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS "readOnly"`;

/**
 * PostgreSQL 14 and later tell unasked, which saves a round trip. A pooler tells what it once heard, or nothing: before a server
 * is refused, it is asked.
 */
export async function stateOf({ client, parameters }: Session): Promise<ServerState> {
  const version = Number.parseInt(parameters.get('server_version') ?? '', 10);
  const takesWrites =
    parameters.get('in_hot_standby') === 'off' && parameters.get('default_transaction_read_only') === 'off';
  if (version < OLDEST_VERSION || takesWrites) return { version, standby: false, readOnly: false };
  const { rows } = await client.query<{ version: string; standby: string; readOnly: string }>(QUESTION);
  const [row] = rows;
  return { version: Number(row?.version), standby: row?.standby === 't', readOnly: row?.readOnly === 'on' };
}

/** Why maintenance cannot run there; undefined if it can. @throws AppError with exit code 5 if the server is too old. */
export function objectionTo(state: ServerState, address: string): string | undefined {
  if (state.version < OLDEST_VERSION) {
    throw new AppError(
      EXIT.missing,
      `${address} is PostgreSQL ${state.version}; ${OLDEST_VERSION} is the oldest that will do.`,
      {
        advice: 'upgrade the server, or correct Host and Port in PG_DSN',
      },
    );
  }
  if (state.standby) return 'it is a standby, which takes no writes';
  return state.readOnly ? 'it takes no writes (default_transaction_read_only is on)' : undefined;
}
