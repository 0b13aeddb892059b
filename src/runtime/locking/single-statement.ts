import type { Connection } from '../connection/connection.ts';
import { isCut, isStop } from '../connection/errors.ts';
import { resetSql, sessionPinSql } from '../connection/settings/sql.ts';
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
  await connection.query(sessionPinSql({ lockTimeoutMs: limits.lockMs, statementMs: limits.statementMs }));
  const reset = () => connection.query(resetSql);
  try {
    await connection.query(statement);
  } catch (error) {
    if (!isCut(error) && !isStop(error)) await reset();
    throw error;
  }
  await reset();
}
