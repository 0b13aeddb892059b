import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';
import { problemsOf } from './problems.ts';

test.each([
  ['postgres://h', { endpoints: ['h:5432'] }],
  ['postgresql://u:p@h:6000/d', { endpoints: ['h:6000'], user: 'u', password: 'p', database: 'd' }],
  ['POSTGRES://u@a:1,b,[::1]:3/d', { endpoints: ['a:1', 'b:5432', '::1:3'], user: 'u', database: 'd' }],
  ['postgres://%2Frun%2Fpg:6000/d', { endpoints: ['/run/pg:6000'], database: 'd' }],
  ['postgres:///d?host=/run/pg&port=6000', { endpoints: ['/run/pg:6000'], database: 'd' }],
  [
    'postgres://h/?dbname=d&user=u&password=p%20w',
    { endpoints: ['h:5432'], user: 'u', password: 'p w', database: 'd' },
  ],
  ['postgres://u:p%40%3A%2F%3F%23%25@h', { endpoints: ['h:5432'], user: 'u', password: 'p@:/?#%' }],
])('%s', (text, expected) => {
  const { endpoints, user, database, password } = parseDsn(text);
  const places = endpoints.map((at) => `${at.kind === 'tcp' ? at.host : at.folder}:${at.port}`);
  expect({ endpoints: places, user, database, password: password?.() }).toEqual({
    user: undefined,
    database: undefined,
    password: undefined,
    ...expected,
  });
});

test('the parameters of libpq', () => {
  const text = [
    'sslmode=verify-full',
    'sslrootcert=/ca',
    'sslcert=/c',
    'sslkey=/k',
    'sslpassword=s',
    'connect_timeout=3',
    'application_name=a%20b',
    'options=-c%20work_mem%3D1MB',
    'target_session_attrs=read-write',
    'channel_binding=disable',
    'passfile=/pass',
    'keepalives_idle=7',
    'keepalives=1',
  ].join('&');
  const target = parseDsn(`postgres://h?${text}`);
  expect(target).toMatchObject({
    attemptMs: 3_000,
    statementMs: undefined,
    keepaliveMs: 7_000,
    applicationName: 'a b',
    options: '-c work_mem=1MB',
    passfile: '/pass',
  });
  expect(target.tls).toMatchObject({
    mode: 'verify-full',
    rootCertificate: '/ca',
    certificate: '/c',
    key: '/k',
    channelBinding: false,
  });
  expect(target.tls.keyPassword?.()).toBe('s');
});

describe('mistakes', () => {
  test.each([
    ['postgres://h?surprise=1', "the parameter surprise is none that PostgreSQL's URIs know"],
    ['postgres://h?sslcrl=/x', 'the parameter sslcrl cannot be honoured here; leave it out'],
    ['postgres://h?target_session_attrs=standby', 'target_session_attrs=standby cannot be honoured'],
    ['postgres://h?sslmode=maybe', 'sslmode must be one of'],
    ['postgres://h?require_auth=scram-sha-256', 'require_auth cannot be honoured'],
    ['postgres://u:%zz@h', 'the password has a % that starts no percent-encoded byte'],
    ['postgres://h:99999', 'a host or port is not valid'],
    ['postgres://h/d#x', 'the URI has a #'],
    ['postgres:///d', 'Host is missing'],
    ['postgres://u:p@w@h/d', 'a host or port is not valid'],
    ['postgres://u:p%00@h', 'the password holds a NUL'],
  ])('%s', (text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
  });
});

test('user, password and database come back as they were encoded', () => {
  const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => !value.includes('\0'));
  fc.assert(
    fc.property(text, text, text, (user, password, database) => {
      const target = parseDsn(
        `postgres://${[user, password].map(encodeURIComponent).join(':')}@h/${encodeURIComponent(database)}`,
      );
      expect([target.user, target.password?.(), target.database]).toEqual([user, password, database]);
    }),
    { numRuns: 1_000 },
  );
});
