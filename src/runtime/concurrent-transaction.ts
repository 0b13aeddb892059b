import type { Connection, QueryResult } from './connection.ts';
import { isCut } from './connection-errors.ts';
import { settingsSql } from './transactions.ts';

/** Sends statements of an open transaction in one message. */
export type Send = (...statements: readonly string[]) => Promise<QueryResult[]>;

/**
 * One transaction, in which no wait for a lock takes longer than `lockTimeoutMs`. READ COMMITTED: what is read after a lock
 * was granted is what is there now. Committed if `body` gives a value; rolled back if it gives undefined or throws.
 */
export async function transaction<Result>(
  connection: Connection,
  lockTimeoutMs: number,
  body: (send: Send) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  const send: Send = (...statements) => connection.query(statements.join(';\n'));
  try {
    await send('BEGIN', settingsSql(connection, lockTimeoutMs));
    const result = await body(send);
    await send(result === undefined ? 'ROLLBACK' : 'COMMIT');
    return result;
  } catch (error) {
    if (!isCut(error)) await send('ROLLBACK');
    throw error;
  }
}

/**
 * One statement that may not be in a transaction, under limits of its own. They are the session's for as long as it runs:
 * such statements know no SET LOCAL, so they are only sent where no pooler stands between.
 */
export async function alone(
  connection: Connection,
  statement: string,
  limits: { readonly lockMs: number; readonly statementMs: number },
): Promise<void> {
  // A backend whose client was killed must not sit in the second phase for as long as it may take.
  await connection.query(`SELECT set_config('lock_timeout', '${Math.ceil(limits.lockMs)}ms', false),
    set_config('statement_timeout', '${Math.ceil(limits.statementMs)}ms', false),
    CASE WHEN version() LIKE '%linux%' THEN set_config('client_connection_check_interval', '500ms', false) END`);
  const reset = () =>
    connection.query('RESET lock_timeout; RESET statement_timeout; RESET client_connection_check_interval');
  try {
    await connection.query(statement);
  } catch (error) {
    if (!isCut(error)) await reset();
    throw error;
  }
  await reset();
}
