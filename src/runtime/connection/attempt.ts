import { AppError } from '../../errors.ts';
import type { CompleteTarget } from '../dsn/environment.ts';
import { describeEndpoint, type Endpoint, type SslMode } from '../dsn/target.ts';
import type { Host } from '../shared/host.ts';
import { codeOf } from '../shared/node-errors.ts';
import { NO_TLS, openChannel, type Protection, TLS_FAILED } from './channel.ts';
import { createLifeline, type Lifeline } from './lifeline.ts';
import { readPassfile } from './passfile.ts';
import { sqlState } from './server-error.ts';
import { type Session, startSession } from './session.ts';

export type AttemptRequest = {
  readonly endpoint: Endpoint;
  readonly target: CompleteTarget;
  readonly applicationName: string;
  readonly limitMs: number;
  readonly host: Host;
};

export type Attached = { readonly session: Session; readonly lifeline: Lifeline };

/** First and, if that is refused, second way to connect, as libpq and Npgsql do it. A unix socket never has TLS. */
const WAYS: Readonly<Record<SslMode, readonly [Protection, Protection?]>> = {
  disable: ['plain'],
  allow: ['plain', 'tls'],
  prefer: ['offered', 'plain'],
  require: ['tls'],
  'verify-ca': ['tls'],
  'verify-full': ['tls'],
};

/** Whether the other way may do better: TLS did not come about, or pg_hba.conf has no line for this one. */
const otherWayMayHelp = (error: unknown): boolean =>
  sqlState(error) === '28000' || codeOf(error) === TLS_FAILED || codeOf(error).startsWith('ERR_SSL_');

function requirePassword({ endpoint, target, host }: AttemptRequest): string {
  const password = target.password?.() ?? readPassfile(endpoint, target, host);
  if (password !== undefined) return password;
  throw new AppError(
    'missing',
    `${describeEndpoint(endpoint)} asks for the password of user ${target.user}, and there is none`,
    { advice: 'Add Password="…" or Passfile=… to PG_DSN.' },
  );
}

async function attachBy(protection: Protection, request: AttemptRequest, lifeline: Lifeline): Promise<Session> {
  const { endpoint, target, applicationName, host } = request;
  const { tls, keepaliveMs } = target;
  const channel = await openChannel({ endpoint, protection, tls, keepaliveMs, lifeline, host });
  return startSession(channel, { target, applicationName, password: () => requirePassword(request) });
}

async function attachEitherWay(request: AttemptRequest, lifeline: Lifeline): Promise<Session> {
  const [first, second] = request.endpoint.kind === 'socket' ? WAYS.disable : WAYS[request.target.tls.mode];
  try {
    return await attachBy(first, request, lifeline);
  } catch (error) {
    if (!second || !otherWayMayHelp(error)) throw error;
    return await attachBy(second, request, lifeline).catch((later: unknown) => {
      throw codeOf(later) === NO_TLS ? error : later;
    });
  }
}

/**
 * One attempt at one endpoint within `limitMs`.
 * @throws whatever went wrong (see `classifyFailure`); nothing stays open then.
 */
export async function attach(request: AttemptRequest): Promise<Attached> {
  const { signal } = request.host;
  const lifeline = createLifeline(signal, request.limitMs);
  try {
    return { session: await attachEitherWay(request, lifeline), lifeline };
  } catch (error) {
    lifeline.release();
    throw signal.aborted ? signal.reason : error;
  }
}
