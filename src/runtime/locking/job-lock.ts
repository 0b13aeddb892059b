import type { Connection } from '../connection/connection.ts';
import { isCut, isStop } from '../connection/errors.ts';
import { requireHarmless } from '../connection/settings/report.ts';
import { keepSessionSql } from '../connection/settings/sql.ts';
import { cellOf, type QueryResult, truthOf } from '../shared/answer.ts';
import { sendAtOnce } from './snapshot.ts';
import { beginSql, type Ending, finish, type Transaction, type TransactionOptions } from './transaction.ts';

declare const held: unique symbol;

/** The session holds its job's advisory lock. Only `withSessionLock` hands one out, and it is of no use once that has ended. */
export type HeldLock = { readonly [held]: true };

/** Another run of the job holds its lock. */
export const BUSY = 'busy';
/** A pooler stands between: a lock of the session would stay behind at a server process that somebody else gets next. */
export const POOLED = 'pooled';

const COMMITTED = { isolation: 'READ COMMITTED' } as const;

/**
 * Holds a job's advisory lock for as long as `body` runs, beyond the transactions in it. `key` is as `lockKey` makes it.
 * The process that answers must be the one that logged the client in, and the lock is only asked for where it is.
 */
export async function withSessionLock<Result>(
  connection: Connection,
  key: string,
  lockTimeoutMs: number,
  body: (lock: HeldLock) => Promise<Result>,
): Promise<Result | typeof BUSY | typeof POOLED> {
  const { processId } = connection.server;
  const options = { ...COMMITTED, lockTimeoutMs };
  const ask = `SELECT CASE WHEN pg_backend_pid() = ${processId ?? 'NULL'} THEN pg_try_advisory_lock(${key}) END AS held`;
  const [asked] = await sendAtOnce(connection, options, [ask, keepSessionSql(connection)], 'COMMIT');
  const answer = cellOf(asked, 'held');
  if (answer === null) return POOLED;
  if (answer !== 't') return BUSY;
  try {
    return await body({} as HeldLock);
  } finally {
    await unlock(connection, key, options);
  }
}

/** The lock of a session that is gone, or is to go, goes with it. */
async function unlock(connection: Connection, key: string, options: TransactionOptions): Promise<void> {
  try {
    await sendAtOnce(connection, options, [`SELECT pg_advisory_unlock(${key})`], 'COMMIT');
  } catch (error) {
    if (!isCut(error) && !isStop(error)) throw error;
  }
}

/**
 * Frees the session's lock if it holds one: without FROM, a session that does not would make the server log a warning. It is sent after
 * ROLLBACK too, which has taken back the search path: so its operators say their schema as well.
 */
const releaseSql = (key: string) => `SELECT pg_catalog.pg_advisory_unlock(${key}) FROM pg_catalog.pg_locks
  WHERE locktype OPERATOR(pg_catalog.=) 'advisory' AND pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid() LIMIT 1`;

/**
 * A REPEATABLE READ transaction under the job's advisory lock, which lasts as long as the transaction: a pooler does no harm.
 * The first message is one, so that a pooler keeps one server for it. The lock comes before the transaction, because a snapshot
 * that was taken before the lock would not show what the run before this one did.
 */
export async function inLockedTransaction<Result>(
  connection: Connection,
  key: string,
  options: Omit<TransactionOptions, 'isolation'>,
  opening: readonly string[],
  body: (transaction: Transaction, opened: readonly QueryResult[]) => Promise<Ending<Result>>,
): Promise<Result | typeof BUSY> {
  const release = releaseSql(key);
  const first = [
    ...beginSql(connection, { ...options, ...COMMITTED }),
    keepSessionSql(connection),
    `SELECT pg_try_advisory_lock(${key}) AS held`,
  ];
  const begin = [
    ...beginSql(connection, { ...options, isolation: 'REPEATABLE READ' }),
    `SELECT pg_try_advisory_xact_lock(${key}) AS held`,
  ];
  return finish<Result | typeof BUSY>(connection, `ROLLBACK;\n${release}`, async (transaction) => {
    const results = await transaction.send(...first, 'COMMIT', ...begin, release, ...opening);
    requireHarmless(results);
    const [sessions, own] = [results[first.length - 1], results[first.length + begin.length]];
    if (!truthOf(sessions, 'held') || !truthOf(own, 'held')) return { isKept: false, result: BUSY };
    return body(transaction, results.slice(first.length + begin.length + 2));
  });
}
