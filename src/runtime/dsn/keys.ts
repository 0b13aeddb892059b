import { SSL_MODES } from './target.ts';

/**
 * What a key's value must be. A list holds the allowed words; case, spaces, `-` and `_` do not count, so that Npgsql's
 * `VerifyFull` and libpq's `verify-full` are one word.
 */
type Kind = 'text' | 'boolean' | 'integer' | 'count' | 'port' | readonly string[];

export type Key = {
  /** Npgsql's own spelling, used in messages. */
  readonly name: string;
  readonly kind: Kind;
  /** Further spellings in Npgsql; case and spaces do not count. */
  readonly aliases?: readonly string[];
  /** Names of the same thing among the parameters of a `postgres://` URI. */
  readonly uri?: readonly string[];
  /** used: it changes what happens here; ignored: it steers .NET's pool, cache, logs or wire only. */
  readonly effect: 'used' | 'ignored';
  /** Words that are understood but cannot be honoured here, each with the reason. */
  readonly refused?: Readonly<Record<string, string>>;
  /** Whether no word at all can be honoured, and why: silently weaker security than was asked for is no option. */
  readonly refusedAlways?: string;
};

const WRITES = 'maintenance writes, so it needs a primary: use primary, read-write or any';
const used = (name: string, kind: Kind, more: Partial<Key> = {}): Key => ({ name, kind, effect: 'used', ...more });
const ignored = (name: string, kind: Kind, aliases: readonly string[] = []): Key => ({
  name,
  kind,
  aliases,
  effect: 'ignored',
});

/** Every key of Npgsql 6 to 10 (NpgsqlConnectionStringBuilder), by what it does here. */
export const KEYS: readonly Key[] = [
  used('Host', 'text', { aliases: ['Server'], uri: ['host'] }),
  used('Port', 'port', { uri: ['port'] }),
  used('Database', 'text', { aliases: ['DB'], uri: ['dbname'] }),
  used('Username', 'text', { aliases: ['User Id', 'UID', 'User Name'], uri: ['user'] }),
  used('Password', 'text', { aliases: ['PSW', 'PWD'], uri: ['password'] }),
  used('Passfile', 'text', { uri: ['passfile'] }),
  used('Application Name', 'text', { uri: ['application_name'] }),
  used('Search Path', 'text'),
  used('Options', 'text', { uri: ['options'] }),
  used('Timezone', 'text'),
  used('Client Encoding', ['UTF8', 'unicode'], { uri: ['client_encoding'] }),
  used('Encoding', ['UTF8', 'unicode']),
  used('SSL Mode', SSL_MODES, { uri: ['sslmode'] }),
  used('SSL Negotiation', ['postgres', 'direct'], { uri: ['sslnegotiation'] }),
  used('Root Certificate', 'text', { uri: ['sslrootcert'] }),
  used('SSL Certificate', 'text', { uri: ['sslcert'] }),
  used('SSL Key', 'text', { uri: ['sslkey'] }),
  used('SSL Password', 'text', { uri: ['sslpassword'] }),
  used('Trust Server Certificate', 'boolean'),
  used('Check Certificate Revocation', 'boolean', {
    refused: { true: 'Node checks no revocation lists; leave it out' },
  }),
  used('Channel Binding', ['disable', 'prefer', 'require'], {
    uri: ['channel_binding'],
    refused: {
      require: 'the driver binds where the server offers it, but cannot insist; use SSL Mode=VerifyFull instead',
    },
  }),
  used('Require Auth', 'text', {
    uri: ['require_auth'],
    refusedAlways: 'the driver cannot restrict authentication methods; use SSL Mode=VerifyFull instead',
  }),
  used('GSS Encryption Mode', ['disable', 'prefer', 'require'], {
    uri: ['gssencmode'],
    refused: { require: 'there is no GSSAPI encryption here; use SSL Mode=VerifyFull instead' },
  }),
  used('Integrated Security', 'boolean', {
    refused: { true: 'there is no Kerberos or SSPI here; use a password, a client certificate or peer authentication' },
  }),
  used('Replication Mode', ['off', 'physical', 'logical'], {
    refused: {
      physical: 'a replication connection cannot maintain partitions',
      logical: 'a replication connection cannot maintain partitions',
    },
  }),
  used(
    'Target Session Attributes',
    ['any', 'primary', 'read-write', 'prefer-primary', 'standby', 'read-only', 'prefer-standby'],
    {
      uri: ['target_session_attrs'],
      refused: { standby: WRITES, 'read-only': WRITES, 'prefer-standby': WRITES },
    },
  ),
  used('Timeout', 'count', { uri: ['connect_timeout'] }),
  used('Keepalive', 'count'),
  used('TCP Keepalive Time', 'count', { uri: ['keepalives_idle'] }),
  used('Command Timeout', 'count'),
  ignored('Internal Command Timeout', 'integer'),
  ignored('Cancellation Timeout', 'integer'),
  ignored('TCP Keepalive', 'boolean'),
  ignored('TCP Keepalive Interval', 'count'),
  ignored('Load Balance Hosts', 'boolean'),
  ignored('Host Recheck Seconds', 'count'),
  ignored('Enlist', 'boolean'),
  ignored('Pooling', 'boolean'),
  ignored('Minimum Pool Size', 'count', ['Min Pool Size']),
  ignored('Maximum Pool Size', 'count', ['Max Pool Size']),
  ignored('Connection Idle Lifetime', 'count'),
  ignored('Connection Pruning Interval', 'count'),
  ignored('Connection Lifetime', 'count', ['Load Balance Timeout']),
  ignored('Read Buffer Size', 'count'),
  ignored('Write Buffer Size', 'count'),
  ignored('Socket Receive Buffer Size', 'count'),
  ignored('Socket Send Buffer Size', 'count'),
  ignored('Max Auto Prepare', 'count'),
  ignored('Auto Prepare Min Usages', 'count'),
  ignored('No Reset On Close', 'boolean'),
  ignored('Multiplexing', 'boolean'),
  ignored('Write Coalescing Buffer Threshold Bytes', 'count'),
  ignored('Load Table Composites', 'boolean'),
  ignored('Array Nullability Mode', ['never', 'always', 'per-instance']),
  ignored('Server Compatibility Mode', ['none', 'redshift', 'no-type-loading']),
  ignored('Kerberos Service Name', 'text', ['Krbsrvname']),
  ignored('Include Realm', 'boolean'),
  ignored('Persist Security Info', 'boolean'),
  ignored('Log Parameters', 'boolean'),
  ignored('Include Error Detail', 'boolean', ['Include Error Details']),
  ignored('Include Failed Batched Command', 'boolean'),
  ignored('EF Template Database', 'text', ['Entity Template Database']),
  ignored('EF Admin Database', 'text', ['Entity Admin Database']),
];

/** Case, spaces, `-` and `_` do not tell words apart. */
export const normalise = (word: string): string => word.toLowerCase().replace(/[ _-]/g, '');

const byName = new Map<string, Key>();
const byUri = new Map<string, Key>();
for (const key of KEYS) {
  for (const name of [key.name, ...(key.aliases ?? [])]) byName.set(name.toLowerCase().replaceAll(' ', ''), key);
  for (const name of key.uri ?? []) byUri.set(name, key);
}

/** The key that Npgsql knows by this name, in any case, with or without spaces. */
export const findKey = (name: string): Key | undefined => byName.get(name.toLowerCase().replaceAll(' ', ''));

/** The key that a parameter of a `postgres://` URI stands for. */
export const findUriKey = (name: string): Key | undefined => byUri.get(name);
