import { DEFAULT_PORT, endpointAt, readPort } from './endpoints.ts';
import { findKey, findUriKey } from './keys.ts';
import type { Reading, Setting } from './settings.ts';
import type { Endpoint } from './target.ts';

/** RFC 3986's parts as libpq reads them (PostgreSQL documentation, 34.1.1.2): the authority may list several hosts. */
const URI = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?(#.*)?$/is;

/** Parameters of libpq without any effect here. */
const WITHOUT_EFFECT = new Set([
  'fallback_application_name',
  'keepalives',
  'keepalives_interval',
  'keepalives_count',
  'tcp_user_timeout',
  'load_balance_hosts',
  'sslcompression',
  'krbsrvname',
  'gsslib',
  'gssdelegation',
]);

/** Parameters of libpq that protect a connection in ways that cannot be honoured here. */
const NOT_HONOURED = new Set([
  'hostaddr',
  'service',
  'requiressl',
  'requirepeer',
  'sslcrl',
  'sslcrldir',
  'sslcertmode',
  'sslsni',
  'ssl_min_protocol_version',
  'ssl_max_protocol_version',
  'replication',
]);

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Collects settings and problems while the parts of one URI are read. */
type Sink = { readonly settings: Setting[]; readonly problems: string[]; readonly endpoints: Endpoint[] };

function take(sink: Sink, name: string, label: string, encoded: string | undefined): void {
  if (!encoded) return;
  const key = findKey(name);
  const value = decode(encoded);
  if (value === undefined) sink.problems.push(`${label} has a % that starts no percent-encoded byte; write it as %25`);
  else if (key) sink.settings.push({ key, label, value });
}

function takeHosts(sink: Sink, authority: string): void {
  if (authority === '') return;
  for (const entry of authority.split(',')) {
    const match = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s.exec(entry);
    const port = match?.[2] ? readPort(match[2]) : DEFAULT_PORT;
    const endpoint = port && endpointAt(decode(match?.[1] ?? '') ?? '', port);
    if (endpoint) sink.endpoints.push(endpoint);
    else
      sink.problems.push(
        'a host or port is not valid; a @ / ? # or : in a user name or password must be percent-encoded',
      );
  }
}

function takeParameter(sink: Sink, part: string, nameable: boolean): void {
  const [name = '', ...rest] = part.split('=');
  if (rest.length === 0 || !nameable || !/^[a-z_]{1,40}$/i.test(name)) {
    sink.problems.push(
      'a parameter after ? is not name=value; a @ / ? # or & in a user name or password must be percent-encoded',
    );
    return;
  }
  if (WITHOUT_EFFECT.has(name)) return;
  const key = findUriKey(name);
  if (key) take(sink, key.name, name, rest.join('='));
  else if (NOT_HONOURED.has(name)) sink.problems.push(`the parameter ${name} cannot be honoured here; leave it out`);
  else sink.problems.push(`the parameter ${name} is none that PostgreSQL's URIs know`);
}

export const isUri = (text: string): boolean => /^\s*postgres(?:ql)?:\/\//i.test(text);

/** Reads a `postgres://` URI. Never throws: what is wrong comes back as problems. */
export function readUri(text: string): Reading {
  const sink: Sink = { settings: [], problems: [], endpoints: [] };
  const match = URI.exec(text.trim());
  const [, credentials, authority = '', path, query, fragment] = match ?? [];
  if (!match || fragment) {
    sink.problems.push('the URI has a # or is cut short; a # in any part must be written as %23');
    return sink;
  }
  const colon = credentials?.indexOf(':') ?? -1;
  take(sink, 'Username', 'the user name', colon < 0 ? credentials : credentials?.slice(0, colon));
  if (colon >= 0) take(sink, 'Password', 'the password', credentials?.slice(colon + 1));
  takeHosts(sink, authority);
  take(sink, 'Database', 'the database', path);
  // A bare @ this far on hints at a password whose special characters cut it in two: then nothing of it is shown.
  const nameable = !`${path}${query}`.includes('@');
  for (const part of query?.split('&') ?? []) if (part) takeParameter(sink, part, nameable);
  return sink;
}
