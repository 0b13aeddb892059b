import { describe, expect, test } from 'vitest';
import { EXIT } from '../../../../src/errors.ts';
import { findPassword, readPassfile } from '../../../../src/runtime/connection/passfile.ts';
import { completeTarget } from '../../../../src/runtime/dsn/environment.ts';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';
import { fakeHost } from '../fake-host.ts';

const wanted = [['db'], ['5432'], ['app'], ['me']];

test.each([
  ['db:5432:app:me:secret', 'secret'],
  ['*:*:*:*:any', 'any'],
  ['other:*:*:*:no\ndb:*:*:me:second', 'second'],
  ['# db:5432:app:me:comment\n\ndb:5432:app:me:real', 'real'],
  ['db:5432:app:me:with\\:colon\\\\and backslash', 'with:colon\\and backslash'],
  ['db:5432:app:me:ends\r\n', 'ends'],
  ['db:5432:app:me:a:b', 'a'],
  ['\\*:5432:app:me:literal star', undefined],
  ['db:5432:app:me', undefined],
  ['db:5432:app:me:', undefined],
  ['', undefined],
])('%j', (contents, password) => {
  expect(findPassword(contents, wanted)).toBe(password);
});

describe('reading', () => {
  const ask = (dsn: string, rest: Parameters<typeof fakeHost>[0]) => {
    const { host, written } = fakeHost(rest);
    const target = completeTarget(parseDsn(dsn), host);
    return { password: () => readPassfile(target.endpoints[0], target, host), written };
  };
  const line = 'db:5432:app:me:secret';
  const dsn = 'Host=db;Username=me;Database=app';

  test('the named file, else PGPASSFILE, else ~/.pgpass', () => {
    const files = { '/named': line, '/variable': '*:*:*:*:variable', '/home/.pgpass': '*:*:*:*:home' };
    const environment = { HOME: '/home', PGPASSFILE: '/variable' };
    expect(ask(`${dsn};Passfile=/named`, { files, environment }).password()).toBe('secret');
    expect(ask(dsn, { files, environment }).password()).toBe('variable');
    expect(ask(dsn, { files, environment: { HOME: '/home' } }).password()).toBe('home');
  });

  test('the packages’ socket folder is also called localhost', () => {
    const files = { '/home/.pgpass': 'localhost:*:*:*:local' };
    const environment = { HOME: '/home' };
    expect(ask('Host=/var/run/postgresql;Username=me', { files, environment }).password()).toBe('local');
    expect(ask('Host=/elsewhere;Username=me', { files, environment }).password()).toBeUndefined();
  });

  test('a file that others can read is not used, and the reason is told', () => {
    const { password, written } = ask(`${dsn};Passfile=/named`, {
      files: { '/named': line },
      permissions: () => 0o640,
    });
    expect(password()).toBeUndefined();
    expect(written.err).toContain('chmod 600 /named');
  });

  test('only the default file may be missing', () => {
    expect(ask(dsn, { environment: { HOME: '/home' } }).password()).toBeUndefined();
    expect(ask(`${dsn};Passfile=/gone`, {}).password).toThrow(
      expect.objectContaining({ exitCode: EXIT.missing, message: 'the password file /gone cannot be read (ENOENT)' }),
    );
  });
});
