import { AppError, EXIT } from '../errors.ts';
import { type Catalog, readCatalog } from './catalog.ts';
import { catalogSql, type Measured } from './catalog-sql.ts';
import type { Connection, QueryResult } from './connection.ts';
import { isCut } from './connection-errors.ts';
import { explain, sqlState } from './server-error.ts';
import type { QualifiedName } from './sql.ts';

export type TransactionOptions = {
  readonly table: QualifiedName;
  readonly routine: QualifiedName;
  /** The advisory lock, as `lockKey` makes it. */
  readonly key: string;
  readonly lockTimeoutMs: number;
  readonly measured: Measured;
};

/** One transaction after the other, each under the job's advisory lock and with a catalog of its own. */
export type Transactions = {
  /** Begins a transaction and reads the catalog; undefined (and no transaction) if another run holds the lock. */
  begin(): Promise<Catalog | undefined>;
  /** Runs a statement in the transaction and reads the catalog as it is then. */
  call(statement: string): Promise<Catalog>;
  /** Which of these relations still exist in the transaction, attached to anything or not. */
  existing(oids: readonly number[]): Promise<ReadonlySet<number>>;
  /** @throws AppError with exit code 4 if the connection was lost meanwhile: nobody knows whether it took effect. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** The catalog in a transaction of its own, with all that others have committed. */
  lookAgain(): Promise<Catalog>;
};

/*
 * Bounds are printed in the session's zone and style. A backend whose client was killed notices within half a second
 * and gives its locks back; only Linux can watch a connection like that in every version since 14.
 */
const settingsSql = (lockTimeoutMs: number) => `SELECT set_config('TimeZone', 'UTC', true),
  set_config('DateStyle', 'ISO, YMD', true), set_config('lock_timeout', '${lockTimeoutMs}ms', true),
  CASE WHEN version() LIKE '%linux%' THEN set_config('client_connection_check_interval', '500ms', true) END`;

function catalogOf(results: readonly QueryResult[]): Catalog {
  const text = results.at(-1)?.rows[0]?.['catalog'];
  if (typeof text !== 'string') throw new Error('the catalog query gave no row');
  return readCatalog(text);
}

export function openTransactions(connection: Connection, options: TransactionOptions): Transactions {
  const { key, table, routine, lockTimeoutMs, measured } = options;
  const look = catalogSql(table, routine, measured);
  const settings = settingsSql(lockTimeoutMs);
  // Without FROM, a session that does not hold the lock would make the server log a warning.
  const unlock = `SELECT pg_advisory_unlock(${key}) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid() LIMIT 1`;

  /** A failed statement leaves a transaction and perhaps the session's lock behind; a lost connection leaves nothing. */
  async function send(statements: readonly string[]): Promise<QueryResult[]> {
    try {
      return await connection.query(statements.join(';\n'));
    } catch (error) {
      if (sqlState(error) !== undefined) await rollback();
      throw error;
    }
  }

  async function rollback(): Promise<void> {
    await connection.query(`ROLLBACK;\n${unlock}`);
  }

  return {
    async begin() {
      // One message, so that a pooler keeps one server for it. The lock comes before the transaction, because a
      // REPEATABLE READ snapshot that was taken before the lock would not show what the run before this one did.
      const results = await send([
        'BEGIN',
        `SELECT pg_try_advisory_lock(${key}) AS held`,
        'COMMIT',
        'BEGIN ISOLATION LEVEL REPEATABLE READ',
        settings,
        `SELECT pg_try_advisory_xact_lock(${key}) AS held`,
        unlock,
        look,
      ]);
      if (results[1]?.rows[0]?.['held'] === 't' && results[5]?.rows[0]?.['held'] === 't') return catalogOf(results);
      await rollback();
      return undefined;
    },

    call: async (statement) => catalogOf(await send([statement, look])),

    async existing(oids) {
      if (oids.length === 0) return new Set();
      const [found] = await send([`SELECT oid FROM pg_catalog.pg_class WHERE oid IN (${oids.join(', ')})`]);
      return new Set(found?.rows.map(({ oid }) => Number(oid)));
    },

    async commit() {
      try {
        await send(['COMMIT']);
      } catch (error) {
        if (!isCut(error)) throw explain(error, 'COMMIT');
        throw new AppError(
          EXIT.unreachable,
          'the connection was lost during COMMIT: whether it took effect is unknown',
          {
            advice: 'Nothing is half done. The next run finds out and goes on from there.',
            cause: error,
          },
        );
      }
    },

    rollback,

    async lookAgain() {
      const results = await send(['BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', settings, look, 'ROLLBACK']);
      return catalogOf(results.slice(0, 3));
    },
  };
}

/** The catalog for a report; takes no advisory lock and changes nothing. */
export async function readOnce(connection: Connection, table: QualifiedName, lockTimeoutMs: number): Promise<Catalog> {
  const results = await connection.query(
    [
      'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY',
      settingsSql(lockTimeoutMs),
      catalogSql(table, undefined, 'sizes'),
      'ROLLBACK',
    ].join(';\n'),
  );
  return catalogOf(results.slice(0, 3));
}
