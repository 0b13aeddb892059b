import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KEYS } from '../../../../src/runtime/dsn/keys.ts';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';
import { problemsOf } from './problems.ts';

const passwordOf = (text: string) => parseDsn(`Host=h;${text}`).password?.();

describe('values', () => {
  test.each([
    ['Password=plain', 'plain'],
    ['Password =  spaced out  ', 'spaced out'],
    ['Password="a;b""c\'d $e %f\\g"', 'a;b"c\'d $e %f\\g'],
    ["Password='a;b\"c''d'", 'a;b"c\'d'],
    ['Password="  kept  " ;', '  kept  '],
    ['Password="line\nbreak"', 'line\nbreak'],
    ['Password=mid"dle\'s', 'mid"dle\'s'],
    ['Password=a=b==c', 'a=b==c'],
    ['Password=one;PWD=two', 'two'],
    ['PSW=x', 'x'],
    ['Password=x;Password=', undefined],
    [';;Password=x;;', 'x'],
    ['password=$HOME%20`id`', '$HOME%20`id`'],
  ])('%s', (text, expected) => {
    expect(passwordOf(text)).toBe(expected);
  });

  test.each(['Password="open', "Password='it's'", 'Password="a"b', 'Password=end"'])(
    '%s has a quote too many',
    (text) => {
      expect(problemsOf(`Host=h;${text}`)).toEqual([
        'the value of Password has a quote that is not closed, or that is followed by more text',
      ]);
    },
  );

  const settings = fc.record({
    Username: fc.string({ unit: 'binary', minLength: 1 }),
    Database: fc.string({ unit: 'binary', minLength: 1 }),
    Password: fc.string({ unit: 'binary', minLength: 1 }),
    'Application Name': fc.string({ unit: 'binary', minLength: 1 }),
  });

  /** A writer with rules of its own: bare where nothing can be misread, else in one of the two quotes. */
  const write = (value: string, style: number): string => {
    if (style === 0 && /^[A-Za-z0-9][^;"'\s]*$/.test(value)) return value;
    return style === 1 ? `'${value.replaceAll("'", "''")}'` : `"${value.replaceAll('"', '""')}"`;
  };

  test('come back as they were written, whatever they hold', () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 2 }), fc.constantFrom('', ' ', '\n'), (values, style, gap) => {
        fc.pre(!Object.values(values).some((value) => value.includes('\0')));
        const pairs = Object.entries(values).map(([key, value]) => `${gap}${key}${gap}=${gap}${write(value, style)}`);
        const target = parseDsn(`Host=h;${pairs.join(';')}`);
        expect({
          Username: target.user,
          Database: target.database,
          Password: target.password?.(),
          'Application Name': target.applicationName,
        }).toEqual(values);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** A value that the key takes. */
const sampleOf = ({ kind, refusedAlways }: (typeof KEYS)[number]) => {
  if (refusedAlways) return '';
  if (kind === 'boolean') return 'false';
  if (kind === 'integer' || kind === 'count' || kind === 'port') return '1';
  return typeof kind === 'string' ? 'x' : (kind[0] ?? '');
};

describe('keys', () => {
  test('every key of the table is understood in every spelling', () => {
    for (const key of KEYS) {
      for (const name of [key.name, ...(key.aliases ?? [])]) {
        for (const spelling of [name, name.replaceAll(' ', ''), name.toUpperCase(), name.toLowerCase()]) {
          expect(() => parseDsn(`${spelling}=${sampleOf(key)};Host=h`), spelling).not.toThrow();
        }
      }
    }
  });

  test('a key without effect here changes nothing', () => {
    const plain = parseDsn('Host=h');
    const ignored = KEYS.filter(({ effect }) => effect === 'ignored');
    expect(ignored.length).toBeGreaterThan(30);
    for (const key of ignored) expect(parseDsn(`Host=h;${key.name}=${sampleOf(key)}`), key.name).toEqual(plain);
  });

  test('a literal = in a key is written twice', () => {
    expect(problemsOf('Host=h;a==b=c')).toEqual([
      'after Host: this is not Key=Value; a value that holds ; or = must be quoted, as in Key="…"',
    ]);
  });

  test.each([
    ['Hots=h', 'Host'],
    ['Host=h;user=u', 'Username'],
    ['Host=h;dbname=d', 'Database'],
    ['Host=h;Pasword=x', 'Password'],
    ['Host=h;SSLMod=Require', 'SSL Mode'],
  ])('%s: the key that was meant is named', (text, meant) => {
    expect(problemsOf(text)[0]).toMatch(new RegExp(`no key that Npgsql knows; did you mean ${meant}\\?$`));
  });

  test.each(['constructor', 'toString', '__proto__'])('%s is no key', (name) => {
    expect(problemsOf(`Host=h;${name}=1`)).toHaveLength(1);
  });

  test.each(['x', '-1', '0', '65536', '1.5'])('Port=%s is one mistake', (port) => {
    expect(problemsOf(`Host=h;Port=${port}`)).toEqual(['Port must be a number from 1 to 65535']);
  });

  test('all mistakes are told at once', () => {
    expect(problemsOf('Hots=h;Port=70000;Pooling=perhaps;Timeout=-1;SSL Mode=Sometimes;Wrong=1')).toEqual([
      'Hots is no key that Npgsql knows; did you mean Host?',
      'Wrong is no key that Npgsql knows',
      'Port must be a number from 1 to 65535',
      'Pooling must be one of: true, false',
      'Timeout must be a whole number, 0 or more',
      'SSL Mode must be one of: disable, allow, prefer, require, verify-ca, verify-full',
      'Host is missing: name the server, a list of servers, or the folder of its unix socket',
    ]);
  });
});

describe('what cannot be honoured is refused', () => {
  test.each([
    'Check Certificate Revocation=true',
    'Channel Binding=Require',
    'Require Auth=ScramSHA256',
    'GSS Encryption Mode=Require',
    'Integrated Security=true',
    'Target Session Attributes=standby',
    'Target Session Attributes=prefer-standby',
    'Replication Mode=Logical',
  ])('%s', (text) => {
    expect(problemsOf(`Host=h;${text}`)).toEqual([expect.stringMatching(/ cannot be honoured: ./)]);
  });

  test.each(['Encoding=LATIN1', 'Client Encoding=SQL_ASCII'])('%s', (text) => {
    expect(problemsOf(`Host=h;${text}`)).toEqual([expect.stringContaining('must be one of: UTF8, unicode')]);
  });

  test.each([
    ['SSL Mode=VerifyFull;Trust Server Certificate=true', 'contradicts SSL Mode=verify-full'],
    ['SSL Mode=Prefer;SSL Negotiation=Direct', 'needs SSL Mode=Require'],
  ])('%s', (text, problem) => {
    expect(problemsOf(`Host=h;${text}`)).toEqual([expect.stringContaining(problem)]);
  });
});

describe('hosts', () => {
  test.each([
    ['Host=db', [{ kind: 'tcp', host: 'db', port: 5432 }]],
    ['Host=db:6000', [{ kind: 'tcp', host: 'db', port: 6000 }]],
    [
      'Server=a, b:5433 ,c;Port=6000',
      ['a:6000', 'b:5433', 'c:6000'].map((at) => ({ kind: 'tcp', host: at[0], port: Number(at.slice(2)) })),
    ],
    ['Host=::1', [{ kind: 'tcp', host: '::1', port: 5432 }]],
    [
      'Host=[::1]:6000,[fe80::1]',
      [
        { kind: 'tcp', host: '::1', port: 6000 },
        { kind: 'tcp', host: 'fe80::1', port: 5432 },
      ],
    ],
    ['Host=/run/postgresql/', [{ kind: 'socket', folder: '/run/postgresql', port: 5432 }]],
    [
      'Host=@abstract,db',
      [
        { kind: 'socket', folder: '@abstract', port: 5432 },
        { kind: 'tcp', host: 'db', port: 5432 },
      ],
    ],
    ['Host=bücher.example', [{ kind: 'tcp', host: 'bücher.example', port: 5432 }]],
  ])('%s', (text, endpoints) => {
    expect(parseDsn(text).endpoints).toEqual(endpoints);
  });

  test.each(['a,,b', 'a:0', 'a:70000', 'a b', 'u@h', '[::1', 'a:1:2', '-x', 'tcp://a'])(
    'Host=%s is refused',
    (host) => {
      expect(problemsOf(`Host=${host}`)).toEqual([expect.stringMatching(/^Host must hold host names/)]);
    },
  );
});

test.each([
  ['Command Timeout=5', 5_000],
  ['CommandTimeout=0', 0],
  ['Command Timeout=2147483647', 2_147_483_647],
])('%s bounds a statement to %d ms', (text, statementMs) => {
  expect(parseDsn(`Host=h;${text}`)).toMatchObject({ statementMs });
});

test('what is left out has Npgsql’s defaults', () => {
  expect(parseDsn('Host=h')).toEqual({
    endpoints: [{ kind: 'tcp', host: 'h', port: 5432 }],
    attemptMs: 15_000,
    statementMs: undefined,
    keepaliveMs: 30_000,
    tls: { mode: 'prefer', direct: false, trustServerCertificate: false, channelBinding: true },
  });
});

test.each([
  ['VerifyFull', 'verify-full'],
  ['verify-ca', 'verify-ca'],
  ['REQUIRE', 'require'],
])('SSL Mode=%s', (text, mode) => {
  expect(parseDsn(`Host=h;SslMode=${text}`).tls.mode).toBe(mode);
});
