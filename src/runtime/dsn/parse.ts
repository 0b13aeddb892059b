import { AppError } from '../../errors.ts';
import { rewriteConninfo } from './conninfo.ts';
import { DEFAULT_PORT, readHosts, readPort } from './endpoints.ts';
import { readNpgsql } from './npgsql.ts';
import { type DsnSettings, problemOf, type Reading, settingsOf } from './settings.ts';
import { type ConnectionTarget, type Endpoint, type Secret, SSL_MODES, type TlsSettings } from './target.ts';
import { isUri, readUri } from './uri.ts';

const FORM =
  'PG_DSN has the form Host=…;Port=…;Database=…;Username=…;Password="…" or postgres://user@host:port/database';
/** The server counts milliseconds in 32 bits. 0 is no limit, to it as to Npgsql. */
const statementMsOf = (seconds: number | undefined): number | undefined =>
  seconds === undefined ? undefined : Math.min(seconds * 1000, 2_147_483_647);

const DEFAULT_ATTEMPT_S = 15;
const DEFAULT_KEEPALIVE_S = 30;

function refuse(problems: readonly string[]): never {
  const [only] = problems;
  const text = problems.length === 1 ? ` ${only}` : problems.map((problem) => `\n  - ${problem}`).join('');
  throw new AppError('configuration', `PG_DSN cannot be used:${text}`, { advice: FORM });
}

const secret = (value: string | undefined): Secret | undefined => (value === undefined ? undefined : () => value);

function endpointsOf(reading: Reading, settings: DsnSettings, problems: string[]): readonly Endpoint[] {
  const port = readPort(settings.text('Port') ?? '') ?? DEFAULT_PORT;
  const hosts = settings.text('Host');
  if (hosts === undefined) {
    if (reading.endpoints && (reading.endpoints.length > 0 || problems.length > 0)) return reading.endpoints;
    problems.push('Host is missing: name the server, a list of servers, or the folder of its unix socket');
    return [];
  }
  const endpoints = readHosts(hosts, port);
  if (!endpoints)
    problems.push('Host must hold host names, IP addresses (each may have :port) or folders, parted by commas');
  return endpoints ?? [];
}

function tlsOf(settings: DsnSettings, problems: string[]): TlsSettings {
  const mode = settings.word('SSL Mode', SSL_MODES) ?? 'prefer';
  const trustServerCertificate = settings.flag('Trust Server Certificate');
  const direct = settings.word('SSL Negotiation', ['direct']) === 'direct';
  if (trustServerCertificate && mode.startsWith('verify')) {
    problems.push(`Trust Server Certificate=true contradicts SSL Mode=${mode}: leave one of them out`);
  }
  if (direct && !['require', 'verify-ca', 'verify-full'].includes(mode)) {
    problems.push('SSL Negotiation=direct needs SSL Mode=Require, VerifyCA or VerifyFull');
  }
  return {
    mode,
    direct,
    trustServerCertificate,
    rootCertificate: settings.text('Root Certificate'),
    certificate: settings.text('SSL Certificate'),
    key: settings.text('SSL Key'),
    keyPassword: secret(settings.text('SSL Password')),
    channelBinding: settings.word('Channel Binding', ['disable']) === undefined,
  };
}

function read(text: string): Reading {
  if (text.trim() === '') refuse(['it is empty']);
  if (isUri(text)) return readUri(text);
  const rewritten = rewriteConninfo(text);
  if (rewritten) refuse([`this is libpq's form; write it in Npgsql's: ${rewritten}`]);
  return readNpgsql(text);
}

/**
 * Reads a PG_DSN in Npgsql's form or as a `postgres://` URI.
 * @throws AppError with exit code 3 that lists every mistake at once; it names keys and never shows a value.
 */
export function parseDsn(text: string): ConnectionTarget {
  const reading = read(text);
  const valid = reading.settings.filter((setting) => setting.value !== '');
  const problems = [...reading.problems, ...valid.flatMap((setting) => problemOf(setting) ?? [])];
  const settings = settingsOf(reading.settings);
  const [first, ...others] = endpointsOf(reading, settings, problems);
  const tls = tlsOf(settings, problems);
  if (!first || problems.length > 0) refuse([...new Set(problems)]);
  const keepalive = settings.number('Keepalive') || settings.number('TCP Keepalive Time') || DEFAULT_KEEPALIVE_S;
  return {
    endpoints: [first, ...others],
    user: settings.text('Username'),
    database: settings.text('Database'),
    password: secret(settings.text('Password')),
    passfile: settings.text('Passfile'),
    applicationName: settings.text('Application Name'),
    searchPath: settings.text('Search Path'),
    options: settings.text('Options'),
    timezone: settings.text('Timezone'),
    tls,
    attemptMs: (settings.number('Timeout') ?? DEFAULT_ATTEMPT_S) * 1000,
    statementMs: statementMsOf(settings.number('Command Timeout')),
    keepaliveMs: keepalive * 1000,
  };
}
