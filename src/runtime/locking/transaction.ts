import { AppError } from '../../errors.ts';
import type { Connection } from '../connection/connection.ts';
import { isCut, isStop } from '../connection/errors.ts';
import { explain } from '../connection/server-error.ts';
import { requireHarmless } from '../connection/settings/report.ts';
import { pinStatements } from '../connection/settings/sql.ts';
import type { QueryResult } from '../shared/answer.ts';

declare const open: unique symbol;

/** An open transaction. Only the brackets of this folder hand one out, and it is of no use once they have ended. */
export type Transaction = {
  readonly [open]: true;
  /** Sends statements in one message; one result each. */
  send(...statements: readonly string[]): Promise<QueryResult[]>;
};

/**
 * REPEATABLE READ: everything is read as it was when the transaction began, but for what it does itself. READ COMMITTED: what is
 * read after a lock was granted is what is there now.
 */
export type TransactionOptions = {
  readonly isolation: 'READ COMMITTED' | 'REPEATABLE READ';
  readonly isReadOnly?: boolean;
  readonly lockTimeoutMs: number;
  /** Rows are counted: a policy that hides some of them is an error then. */
  readonly countsRows?: boolean;
};

/** How a transaction ends, and what comes of it. */
export type Ending<Result> = { readonly isKept: boolean; readonly result: Result };

export const keep = <Result>(result: Result): Ending<Result> => ({ isKept: true, result });
export const discard = <Result>(result: Result): Ending<Result> => ({ isKept: false, result });

/** The statements that every transaction begins with. Each names its level and access: roles and databases have defaults of their own. */
export function beginSql(connection: Connection, options: TransactionOptions): string[] {
  const { isolation, isReadOnly = false, lockTimeoutMs, countsRows = false } = options;
  return [
    `BEGIN ISOLATION LEVEL ${isolation}, READ ${isReadOnly ? 'ONLY' : 'WRITE'}, NOT DEFERRABLE`,
    ...pinStatements({ lockTimeoutMs, statementMs: connection.statementMs }, countsRows),
  ];
}

const join = (statements: readonly string[]) => statements.join(';\n');

/**
 * A transaction, committed or rolled back as `body` says; every throw rolls back. `opening` is sent in one message with BEGIN;
 * `body` is given its results.
 * @throws what `body` throws; AppError with exit code 4 if the connection is lost during COMMIT: nobody knows whether it took effect.
 */
export async function inTransaction<Result>(
  connection: Connection,
  options: TransactionOptions,
  opening: readonly string[],
  body: (transaction: Transaction, opened: readonly QueryResult[]) => Promise<Ending<Result>>,
): Promise<Result> {
  const begin = beginSql(connection, options);
  return finish(connection, 'ROLLBACK', async (transaction) => {
    const results = await transaction.send(...begin, ...opening);
    requireHarmless(results);
    return body(transaction, results.slice(begin.length));
  });
}

/** Runs `begun` in a transaction that its first message begins, and ends that. `rollback` is what takes everything back. */
export async function finish<Result>(
  connection: Connection,
  rollback: string,
  begun: (transaction: Transaction) => Promise<Ending<Result>>,
): Promise<Result> {
  const bracket = openBracket(connection);
  try {
    const { isKept, result } = await begun(bracket.transaction);
    if (isKept) await commit(connection);
    else await connection.query(rollback);
    return result;
  } catch (error) {
    // A connection that is gone has taken everything back, and cannot be asked any more.
    if (!isCut(error) && !isStop(error)) await connection.query(rollback);
    throw error;
  } finally {
    bracket.close();
  }
}

async function commit(connection: Connection): Promise<void> {
  try {
    await connection.query('COMMIT');
  } catch (error) {
    if (!isCut(error)) throw explain(error, 'COMMIT');
    throw new AppError('cut', 'the connection was lost during COMMIT: whether it took effect is unknown', {
      advice: 'Nothing is half done. The next run finds out and goes on from there.',
      cause: error,
    });
  }
}

function openBracket(connection: Connection): { readonly transaction: Transaction; close(): void } {
  let isOpen = true;
  const send = async (...statements: readonly string[]) => {
    if (!isOpen) throw new Error('a statement was sent in a transaction that has ended');
    return connection.query(join(statements));
  };
  return {
    transaction: { send } as Transaction,
    close: () => {
      isOpen = false;
    },
  };
}
