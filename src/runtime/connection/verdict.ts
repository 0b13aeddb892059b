import { AppError, type ErrorKind } from '../../errors.ts';
import type { CompleteTarget } from '../dsn/environment.ts';
import { describeEndpoint, type Endpoint } from '../dsn/target.ts';
import { codeOf } from '../shared/node-errors.ts';
import { sentenceOf } from '../shared/words.ts';
import { NO_TLS, NOT_POSTGRESQL, TLS_FAILED } from './channel.ts';
import { sqlState } from './server-error.ts';

/** Why one endpoint did not do, and whether trying it again may help. Another endpoint may do in either case. */
export type Setback = {
  readonly endpoint: Endpoint;
  readonly again: boolean;
  readonly reason: string;
  /** A clause: those of several endpoints become one sentence. */
  readonly advice: string;
  readonly cause?: unknown;
};

type Attempt = { readonly endpoint: Endpoint; readonly target: CompleteTarget };

const START = 'check that the server runs and that Host and Port in PG_DSN are right';

const SILENT = 'check the address, firewalls on the way, and IPAddressAllow= of the unit that runs the job';

const NAMES =
  'the name service of this machine, and that the unit which runs the job allows network (access in the spec)';

/** Socket errors in words; each of them may pass. */
const SOCKET_ERRORS: Readonly<Record<string, readonly [reason: string, advice: string]>> = {
  ECONNREFUSED: ['the connection is refused: no server listens there', START],
  ECONNRESET: ['the connection was closed before the server was ready', START],
  EPIPE: ['the connection was closed before the server was ready', START],
  ENOENT: ['there is no such socket', 'check that the server runs and that Host in PG_DSN is the folder of its socket'],
  ENOTFOUND: ['the host name is unknown', `check Host in PG_DSN and ${NAMES}`],
  EAI_AGAIN: ['the name service does not answer', `check ${NAMES}`],
  EPERM: ['the system does not allow it', 'check IPAddressAllow= of the unit that runs the job, and firewalls'],
  EHOSTUNREACH: ['there is no way to the host', 'check the network, firewalls and the address in PG_DSN'],
  ENETUNREACH: ['there is no way to its network', 'check the network and the address in PG_DSN'],
};

/** What RestrictAddressFamilies= answers to a socket of a family that it leaves out: waiting changes nothing. */
const NO_NETWORK = {
  again: false,
  reason: 'this process may not open network sockets (EAFNOSUPPORT)',
  advice:
    'the unit that runs the job allows the unix socket alone: name its folder in PG_DSN, as in Host=/run/postgresql, or set access in the spec, render and install again',
};

const TLS_ADVICE =
  'check the certificate that the server shows, Root Certificate in PG_DSN, and that Host is the name in the certificate';

/** Failures that only a person can mend, by SQLSTATE: what kind of error they are, and advice. */
const FINAL: Readonly<Record<string, readonly [ErrorKind, string]>> = {
  '28P01': ['missing', 'correct Username and Password (or the Passfile) in PG_DSN'],
  '28000': ['missing', 'check the role, the certificate it needs, and pg_hba.conf on the server'],
  '3D000': ['missing', 'correct Database in PG_DSN'],
  '42501': ['missing', 'let the owner of the database run GRANT CONNECT ON DATABASE … TO the role'],
  '55000': ['missing', 'choose a database that accepts connections'],
};

/** PgBouncer (before 1.19) reports everything as 08P01; these of its words will not change by waiting. */
const POOLER_FINAL = /password authentication failed|SASL authentication failed|no such (user|database)|not allowed/i;
const POOLER_PARAMETER = /unsupported startup parameter/i;

function stop(kind: ErrorKind, { endpoint, target }: Attempt, said: string, advice: string, cause: unknown): AppError {
  const place = `${describeEndpoint(endpoint)} as user ${target.user}, database ${target.database}`;
  return new AppError(kind, `cannot log in at ${place}: ${said}`, { advice: sentenceOf([advice]), cause });
}

function classifyServerError(code: string, cause: Error, attempt: Attempt): Setback | AppError {
  const { message } = cause;
  const [kind, advice] = FINAL[code] ?? [];
  if (kind && advice) return stop(kind, attempt, message, advice, cause);
  const settings = 'check Options, Search Path, Timezone and Application Name in PG_DSN';
  if (/^(22|42)/.test(code) || POOLER_PARAMETER.test(message)) {
    return stop('configuration', attempt, message, settings, cause);
  }
  if (code === '08P01' && POOLER_FINAL.test(message)) {
    return stop('missing', attempt, message, 'correct Username, Password and Database in PG_DSN', cause);
  }
  // What is left is the server's state: starting up, shutting down, no connection free, no memory.
  return { endpoint: attempt.endpoint, again: true, reason: message, advice: 'look at the log of the server', cause };
}

/** OpenSSL's reason alone, where its error also has code numbers and source lines. */
function tlsReason(error: Error): string {
  const source = error.cause instanceof Error ? error.cause : error;
  return 'reason' in source && typeof source.reason === 'string' ? source.reason : source.message.trim();
}

function classifyTlsError(error: Error, { endpoint }: Attempt): Setback {
  if (codeOf(error) === NO_TLS) {
    const advice = 'turn on ssl at the server, or choose a weaker SSL Mode in PG_DSN';
    return {
      endpoint,
      again: false,
      reason: 'the server does not offer TLS, and SSL Mode asks for it',
      advice,
      cause: error,
    };
  }
  const again = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT'].includes(codeOf(error.cause));
  return { endpoint, again, reason: `TLS failed: ${tlsReason(error)}`, advice: TLS_ADVICE, cause: error };
}

const isTls = (code: string): boolean => code === NO_TLS || code === TLS_FAILED || /^ERR_(SSL|TLS)_/.test(code);

/** What an attempt's error means: a setback of this endpoint, or the AppError that ends all trying. */
export function classifyFailure(error: unknown, attempt: Attempt): Setback | AppError {
  if (error instanceof AppError) return error;
  if (!(error instanceof Error)) throw error;
  const state = sqlState(error);
  if (state !== undefined) return classifyServerError(state, error, attempt);
  const { endpoint } = attempt;
  const code = codeOf(error);
  if (isTls(code)) return classifyTlsError(error, attempt);
  if (code === 'EACCES') {
    return stop('missing', attempt, 'the socket may not be used (EACCES)', 'check the rights of the socket', error);
  }
  if (error.message.startsWith('SASL') || error.message.startsWith('Unknown authentication')) {
    const advice = 'use password (SCRAM), certificate, peer or trust authentication for this role in pg_hba.conf';
    return stop('missing', attempt, error.message, advice, error);
  }
  if (code === 'EAFNOSUPPORT') return { endpoint, ...NO_NETWORK, cause: error };
  if (code === NOT_POSTGRESQL) return { endpoint, again: false, reason: error.message, advice: START, cause: error };
  // pg has no code for a connection that ends while it logs in.
  const known = SOCKET_ERRORS[error.message.startsWith('Connection terminated') ? 'ECONNRESET' : code];
  if (known) return { endpoint, again: true, reason: known[0], advice: known[1], cause: error };
  const advice = code === 'ETIMEDOUT' ? SILENT : START;
  if (code !== '') return { endpoint, again: true, reason: error.message, advice, cause: error };
  throw error;
}
