import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Endpoint, TlsSettings } from '../dsn/target.ts';
import type { Host } from '../shared/host.ts';
import type { Lifeline } from './lifeline.ts';
import { loadTls, tlsOptionsFor } from './tls.ts';

/** plain: no TLS; offered: TLS if the server has it; tls: TLS or nothing. */
export type Protection = 'plain' | 'offered' | 'tls';

/** A stream that PostgreSQL's protocol can start on. */
export type Channel = { readonly stream: Duplex; readonly secure: boolean };

export type ChannelRequest = {
  readonly endpoint: Endpoint;
  readonly protection: Protection;
  readonly tls: TlsSettings;
  readonly keepaliveMs: number;
  readonly lifeline: Lifeline;
  readonly host: Host;
};

/** Codes of the errors made here, beside those of Node's sockets and TLS. */
export const NO_TLS = 'HL_NO_TLS';
export const TLS_FAILED = 'HL_TLS_FAILED';
export const NOT_POSTGRESQL = 'HL_NOT_POSTGRESQL';

/** Time for one of a host name's addresses before the next is tried as well, in milliseconds. */
const ADDRESS_MS = 2_000;
/** SSLRequest (PostgreSQL documentation, 54.7): its length, then a code in the place of a protocol version. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

const failure = (code: string, message: string, cause?: unknown): Error =>
  Object.assign(new Error(message, { cause }), { code });

/** The abstract namespace's `@` is a zero byte to the kernel. */
const socketPath = ({ folder, port }: { folder: string; port: number }): string =>
  `${folder.replace(/^@/, '\0')}/.s.PGSQL.${port}`;

/** Whoever waits hears of an error; one that comes when nobody waits any more must not end the process. */
function guard(stream: Duplex): void {
  stream.on('error', () => stream.destroy());
}

/** Resolves at the event; rejects with the stream's error, or when it closes without one. */
async function once(stream: Duplex, event: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(failure('ECONNRESET', 'the connection was closed before the server answered'));
    const finish = (settle: (value: unknown) => void) => (value: unknown) => {
      stream.off(event, onEvent).off('error', onError).off('close', onClose);
      settle(value);
    };
    const onEvent = finish(resolve);
    const onError = finish(reject);
    stream.once(event, onEvent).once('error', onError).once('close', onClose);
  });
}

async function openSocket({ endpoint, keepaliveMs, lifeline }: ChannelRequest): Promise<Socket> {
  const socket =
    endpoint.kind === 'socket'
      ? connect({ path: socketPath(endpoint) })
      : connect({
          host: endpoint.host,
          port: endpoint.port,
          noDelay: true,
          keepAlive: true,
          keepAliveInitialDelay: keepaliveMs,
          autoSelectFamily: true,
          autoSelectFamilyAttemptTimeout: ADDRESS_MS,
        });
  guard(socket);
  lifeline.hold(socket);
  await once(socket, 'connect');
  return socket;
}

/** Asks for TLS; true if the server has it. */
async function negotiate(socket: Socket): Promise<boolean> {
  socket.write(SSL_REQUEST);
  const answer = (await once(socket, 'data')) as Buffer;
  // More than one byte cannot come from the server: somebody in between slips in what would be taken for encrypted.
  if (answer.length === 1 && answer[0] === 0x53) return true;
  if (answer.length === 1 && answer[0] === 0x4e) return false;
  throw failure(NOT_POSTGRESQL, 'it does not answer a request for TLS as PostgreSQL does');
}

async function secure(socket: Socket, request: ChannelRequest): Promise<Channel> {
  const { endpoint, tls, lifeline, host } = request;
  const material = await loadTls(tls, host);
  const { connect: connectTls } = await import('node:tls');
  const name = endpoint.kind === 'tcp' ? endpoint.host : 'localhost';
  const stream = connectTls({ ...tlsOptionsFor(material, name), socket });
  guard(stream);
  lifeline.hold(stream);
  try {
    await once(stream, 'secureConnect');
  } catch (error) {
    host.signal.throwIfAborted();
    throw failure(TLS_FAILED, error instanceof Error ? error.message : String(error), error);
  }
  return { stream, secure: true };
}

/**
 * Opens a socket and secures it as asked.
 * @throws an Error with a `code`: Node's, `NO_TLS`, `TLS_FAILED` or `NOT_POSTGRESQL`; an AppError for unusable files; the signal's reason.
 */
export async function openChannel(request: ChannelRequest): Promise<Channel> {
  const socket = await openSocket(request);
  try {
    if (request.protection === 'plain') return { stream: socket, secure: false };
    if (request.tls.direct || (await negotiate(socket))) return await secure(socket, request);
    if (request.protection === 'offered') return { stream: socket, secure: false };
    throw failure(NO_TLS, 'the server does not offer TLS');
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
