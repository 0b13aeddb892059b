import { AppError } from '../errors.ts';
import type { ConnectionTarget } from './dsn/target.ts';
import type { Host } from './host.ts';

/** One statement's outcome. Every value is PostgreSQL's own text (`t`, `12`, `2026-01-01 00:00:00+00`), or null. */
export type QueryResult = {
  /** First word of the command tag, such as `SELECT`, `COMMIT`, `ROLLBACK`; empty for an empty statement. */
  readonly command: string;
  readonly rows: ReadonlyArray<Readonly<Record<string, string | null>>>;
};

export type Connection = {
  /**
   * Sends ONE simple-protocol message and gives one result per statement.
   * @throws pg's DatabaseError (`code` is the SQLSTATE) for a statement that failed; `cutError` (see `isCut`) when the
   * connection was lost; the signal's AppError when the run is to stop.
   */
  query(text: string): Promise<QueryResult[]>;
  readonly server: {
    /** `host:port` or the socket's path. */
    readonly address: string;
    /** Major version, such as 15. */
    readonly version: number;
  };
};

export type ConnectionOptions = {
  /** Time for all hosts and tries together, in milliseconds. */
  readonly budgetMs: number;
  /** Name in pg_stat_activity unless the DSN has one. */
  readonly applicationName: string;
  readonly host: Host;
};

/** An AppError (exit code 4): the connection was lost while a statement ran, so whether it took effect is unknown. */
export type CutError = AppError & { readonly cut: true };

export function isCut(error: unknown): error is CutError {
  return error instanceof AppError && 'cut' in error;
}

/** Connects to a server that takes writes, lends the connection to `use`, and closes it whatever happens. */
export declare function withConnection<Result>(
  target: ConnectionTarget,
  options: ConnectionOptions,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result>;
