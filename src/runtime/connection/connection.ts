import { completeTarget } from '../dsn/environment.ts';
import type { ConnectionTarget } from '../dsn/target.ts';
import type { QueryResult } from '../shared/answer.ts';
import type { Host } from '../shared/host.ts';
import { statementError } from './errors.ts';
import { connectWithin, type Opened, type RetryOptions } from './retry.ts';
import { endSession } from './session.ts';

export type Connection = {
  /**
   * Sends ONE simple-protocol message and gives one result per statement.
   * @throws pg's DatabaseError (`code` is the SQLSTATE) for a statement that failed; an `AppError` of the kind `cut` when the
   * connection was lost; the signal's reason when the run is to stop.
   */
  query(text: string): Promise<QueryResult[]>;
  /** What PG_DSN allows one statement, in milliseconds: for transactions, since a detach has a budget of its own. */
  readonly statementMs: number | undefined;
  readonly server: {
    /** `host:port` or the socket's path. */
    readonly address: string;
    /** Major version, such as 15. */
    readonly version: number;
    /** The server process that logged this client in; behind a pooler it is not the one that answers. */
    readonly processId: number | undefined;
  };
};

export type ConnectionOptions = RetryOptions;

type RawResult = { readonly command: string | null; readonly rows: QueryResult['rows'] };

function connectionOn({ session, address, version }: Opened, statementMs: number | undefined, host: Host): Connection {
  const context = { address, signal: host.signal, lostTo: session.lostTo };
  return {
    statementMs,
    server: { address, version, processId: session.processId },
    async query(text) {
      host.signal.throwIfAborted();
      try {
        // pg's types know one result only; several statements in one message give a list.
        const raw: RawResult | RawResult[] = await session.client.query(text);
        return (Array.isArray(raw) ? raw : [raw]).map(({ command, rows }) => ({ command: command ?? '', rows }));
      } catch (error) {
        throw statementError(error, context);
      }
    },
  };
}

/**
 * Connects to a server that takes writes, lends the connection to `use`, and closes it whatever happens.
 * The signal of `options.host` closes the socket at once, in a connection attempt or in a running statement.
 * @throws AppError with exit code 3, 4 or 5; the signal's reason; what `use` throws.
 */
export async function withConnection<Result>(
  target: ConnectionTarget,
  options: ConnectionOptions,
  use: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const { host } = options;
  host.signal.throwIfAborted();
  const opened = await connectWithin(completeTarget(target, host), options);
  try {
    return await use(connectionOn(opened, target.statementMs, host));
  } finally {
    opened.lifeline.release();
    await endSession(opened.session);
  }
}
