/** Where a server listens: a TCP address, or the folder that holds its unix socket. */
export type Endpoint =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'socket'; readonly folder: string; readonly port: number };

export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** A function, so that printing or serialising what holds it never shows the secret. */
export type Secret = () => string;

export type TlsSettings = {
  readonly mode: SslMode;
  /** TLS from the first byte (PostgreSQL 17 and later) instead of asking the server for it. */
  readonly direct: boolean;
  /** `Trust Server Certificate=true`: no verification, even if a root certificate is at hand. */
  readonly trustServerCertificate: boolean;
  readonly rootCertificate: string | undefined;
  readonly certificate: string | undefined;
  readonly key: string | undefined;
  readonly keyPassword: Secret | undefined;
  /** Whether SCRAM binds to the TLS channel where the server offers it. */
  readonly channelBinding: boolean;
};

/** What a DSN says. Whatever it leaves open (`undefined`) the environment or a default fills in when connecting. */
export type ConnectionTarget = {
  /** In the order in which they are tried; at least one. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly password: Secret | undefined;
  readonly passfile: string | undefined;
  readonly applicationName: string | undefined;
  readonly searchPath: string | undefined;
  readonly options: string | undefined;
  readonly timezone: string | undefined;
  readonly tls: TlsSettings;
  /** Upper bound of one attempt at one host, in milliseconds; 0 is none. */
  readonly attemptMs: number;
  /** Upper bound of one statement in a transaction, in milliseconds; undefined leaves it to the role and the database. */
  readonly statementMs: number | undefined;
  /** Idle time before TCP keepalive probes start, in milliseconds. */
  readonly keepaliveMs: number;
};

/** `host:port` or the socket's path: how messages name an endpoint. */
export function describeEndpoint(endpoint: Endpoint): string {
  if (endpoint.kind === 'socket') return `${endpoint.folder}/.s.PGSQL.${endpoint.port}`;
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}
