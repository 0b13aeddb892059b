import type { Connection } from '../connection/connection.ts';
import { isCut, isStop } from '../connection/errors.ts';
import { requireHarmless } from '../connection/settings/report.ts';
import type { QueryResult } from '../shared/answer.ts';
import { beginSql, type TransactionOptions } from './transaction.ts';

/**
 * Reads in one message, in one snapshot, with nothing in the way of anybody: one result for each statement. Writes and locks of
 * the statements are taken back.
 */
export const readSnapshot = (
  connection: Connection,
  lockTimeoutMs: number,
  ...statements: readonly string[]
): Promise<QueryResult[]> =>
  sendAtOnce(connection, { isolation: 'REPEATABLE READ', isReadOnly: true, lockTimeoutMs }, statements, 'ROLLBACK');

/** A whole transaction in one message, where nothing is decided in between. */
export async function sendAtOnce(
  connection: Connection,
  options: TransactionOptions,
  statements: readonly string[],
  end: 'COMMIT' | 'ROLLBACK',
): Promise<QueryResult[]> {
  const begin = beginSql(connection, options);
  try {
    const results = await connection.query([...begin, ...statements, end].join(';\n'));
    requireHarmless(results);
    return results.slice(begin.length, -1);
  } catch (error) {
    if (!isCut(error) && !isStop(error)) await connection.query('ROLLBACK');
    throw error;
  }
}
