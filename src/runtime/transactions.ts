import { AppError, EXIT } from '../errors.ts';
import { type Catalog, readCatalog } from './catalog.ts';
import { catalogSql, type Measured } from './catalog-sql.ts';
import type { Connection, QueryResult } from './connection.ts';
import { isCut } from './connection-errors.ts';
import { type MarkedTable, markedTablesSql, readMarkedTables } from './marked-tables.ts';
import { explain, sqlState } from './server-error.ts';
import type { QualifiedName } from './sql.ts';

export type TransactionOptions = {
  readonly table: QualifiedName;
  /** Undefined where no function is called. */
  readonly routine: QualifiedName | undefined;
  /** The advisory lock, as `lockKey` makes it. */
  readonly key: string;
  readonly lockTimeoutMs: number;
  readonly measured: Measured;
};

/** One transaction after the other, each under the job's advisory lock and with a catalog of its own. */
export type Transactions = {
  /** Begins a transaction and reads the catalog; undefined (and no transaction) if another run holds the lock. */
  begin(): Promise<Catalog | undefined>;
  /** Runs statements in the transaction; one result each. */
  read(statements: readonly string[]): Promise<QueryResult[]>;
  /** Runs a statement in the transaction and reads the catalog as it is then. */
  call(statement: string): Promise<Catalog>;
  /** The same, with the rows that the statement gave. */
  callForRows(statement: string): Promise<{ readonly rows: QueryResult['rows']; readonly after: Catalog }>;
  /** Which of these relations still exist in the transaction, attached to anything or not. */
  existing(oids: readonly number[]): Promise<ReadonlySet<number>>;
  /** @throws AppError with exit code 4 if the connection was lost meanwhile: nobody knows whether it took effect. */
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /**
   * Keeps the transaction's advisory lock for the session, beyond the transaction's end and until `release`. Not through a
   * pooler: there the next message may reach another server process.
   */
  keep(): Promise<void>;
  release(): Promise<void>;
  /** The catalog in a transaction of its own, with all that others have committed. */
  lookAgain(): Promise<Catalog>;
};

/*
 * Bounds are printed in the session's zone and style. A backend whose client was killed notices within half a second
 * and gives its locks back; only Linux can watch a connection like that in every version since 14.
 */
export const settingsSql = ({ statementMs }: Pick<Connection, 'statementMs'>, lockTimeoutMs: number) => `SELECT
  set_config('TimeZone', 'UTC', true), set_config('DateStyle', 'ISO, YMD', true),
  set_config('lock_timeout', '${lockTimeoutMs}ms', true),${statementMs === undefined ? '' : ` set_config('statement_timeout', '${statementMs}ms', true),`}
  CASE WHEN version() LIKE '%linux%' THEN set_config('client_connection_check_interval', '500ms', true) END`;

function catalogOf(results: readonly QueryResult[]): Catalog {
  const text = results.at(-1)?.rows[0]?.['catalog'];
  if (typeof text !== 'string') throw new Error('the catalog query gave no row');
  return readCatalog(text);
}

export function openTransactions(connection: Connection, options: TransactionOptions): Transactions {
  const { key, table, routine, lockTimeoutMs, measured } = options;
  const look = catalogSql(table, routine, measured);
  const settings = settingsSql(connection, lockTimeoutMs);
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

  let isKept = false;

  async function rollback(): Promise<void> {
    await connection.query(isKept ? 'ROLLBACK' : `ROLLBACK;\n${unlock}`);
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

    read: send,

    call: async (statement) => catalogOf(await send([statement, look])),

    async callForRows(statement) {
      const results = await send([statement, look]);
      return { rows: results[0]?.rows ?? [], after: catalogOf(results) };
    },

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

    async keep() {
      // The transaction has the lock already, so this one is there at once and no other run comes between.
      await send([`SELECT pg_advisory_lock(${key})`]);
      isKept = true;
    },

    async release() {
      isKept = false;
      await connection.query('SELECT pg_advisory_unlock_all()');
    },

    async lookAgain() {
      const results = await send(['BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY', settings, look, 'ROLLBACK']);
      return catalogOf(results.slice(0, 3));
    },
  };
}

/** What a report needs, in one snapshot; takes no advisory lock and changes nothing. */
export async function readOnce(
  connection: Connection,
  set: string,
  table: QualifiedName,
  lockTimeoutMs: number,
): Promise<{ readonly catalog: Catalog; readonly marked: readonly MarkedTable[] }> {
  const results = await connection.query(
    [
      'BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY',
      settingsSql(connection, lockTimeoutMs),
      catalogSql(table, undefined, 'sizes'),
      markedTablesSql,
      'ROLLBACK',
    ].join(';\n'),
  );
  const marked = readMarkedTables(results[3]?.rows[0]?.['marked'] ?? '[]', set);
  return { catalog: catalogOf(results.slice(0, 3)), marked };
}
