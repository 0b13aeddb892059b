import type { Connection } from '../connection.ts';
import { isCut, isStop } from '../connection-errors.ts';
import type { HeldLock } from './job-lock.ts';

/**
 * One statement that may not be in a transaction, under limits of its own. They are the session's for as long as it runs: such
 * statements know no SET LOCAL. Where the session holds a lock, no pooler stands between, and nobody else gets the session.
 */
export async function sendOutsideTransaction(
  connection: Connection,
  _lock: HeldLock,
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
    if (!isCut(error) && !isStop(error)) await reset();
    throw error;
  }
  await reset();
}
