import type { Duplex } from 'node:stream';
import Client from 'pg/lib/client.js';
import type { CompleteTarget } from '../dsn/environment.ts';
import type { Channel } from './channel.ts';

/** A logged-in session and what the server said of itself (ParameterStatus). */
export type Session = {
  readonly client: Client;
  readonly stream: Duplex;
  readonly parameters: ReadonlyMap<string, string>;
  /** The server process that logged the client in (BackendKeyData); a pooler makes a number up. */
  readonly processId: number | undefined;
  /** Why the connection was lost between two statements; the next statement tells. */
  readonly lostTo: () => Error | undefined;
};

/** Every value as PostgreSQL writes it: pg's own parsing would cut microseconds off and turn bigint to text anyway. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/**
 * Lends pg a stream that is connected already: pg connects its streams itself, and cannot fall back from TLS on the same one.
 * What its parser throws out of a data event (an unknown authentication method) becomes the stream's error.
 */
function adopt(stream: Duplex): Duplex {
  const on = stream.on.bind(stream);
  return Object.assign(stream, {
    setNoDelay: () => stream,
    connect: () => queueMicrotask(() => stream.emit('connect')),
    on(event: string, listener: (...values: unknown[]) => void) {
      if (event !== 'data') return on(event, listener);
      return on(event, (chunk) => {
        try {
          listener(chunk);
        } catch (error) {
          stream.destroy(error as Error);
        }
      });
    },
  });
}

/** What the session starts with; never `SET`, which would leak to others through a transaction pooler. */
function startupParameters(target: CompleteTarget, applicationName: string): Record<string, string> {
  const { user, database, options, searchPath, timezone } = target;
  return {
    user,
    database,
    application_name: target.applicationName ?? applicationName,
    ...(options === undefined ? {} : { options }),
    ...(searchPath === undefined ? {} : { search_path: searchPath }),
    ...(timezone === undefined ? {} : { TimeZone: timezone }),
  };
}

export type Login = {
  readonly target: CompleteTarget;
  readonly applicationName: string;
  /** Called only if the server asks for a password. */
  readonly password: () => string;
};

/**
 * Logs in. Whatever fails, the stream is destroyed: an open one would keep the process alive.
 * @throws pg's DatabaseError, the stream's error, or what `password` throws.
 */
export async function startSession({ stream, secure }: Channel, login: Login): Promise<Session> {
  try {
    return await logIn(stream, secure, login);
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

async function logIn(stream: Duplex, secure: boolean, login: Login): Promise<Session> {
  const { target, applicationName, password } = login;
  const parameters = new Map<string, string>();
  const client = new Client({
    // pg falls back to PG* variables for what is missing here, and these have been dealt with already.
    user: target.user,
    database: target.database,
    host: 'localhost',
    port: 5432,
    ssl: false,
    sslnegotiation: 'postgres',
    password,
    stream: () => adopt(stream),
    enableChannelBinding: secure && target.tls.channelBinding,
    types: AS_TEXT,
  });
  Object.assign(client, { getStartupConf: () => startupParameters(target, applicationName) });
  client.connection.on('parameterStatus', ({ parameterName, parameterValue }) => {
    parameters.set(parameterName, parameterValue);
  });
  let processId: number | undefined;
  client.connection.on('backendKeyData', ({ processID }) => {
    processId = processID;
  });
  let loss: Error | undefined;
  client.on('error', (error: Error) => {
    loss ??= error;
  });
  await client.connect();
  return { client, stream, parameters, processId, lostTo: () => loss };
}

/** Says goodbye and closes without waiting for the server's half. */
export async function endSession({ client, stream }: Session): Promise<void> {
  stream.once('finish', () => stream.destroy());
  await client.end();
}
