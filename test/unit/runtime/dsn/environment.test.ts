import { expect, test } from 'vitest';
import { completeTarget } from '../../../../src/runtime/dsn/environment.ts';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';

const outside = (environment: Record<string, string>, user: string | undefined = 'me') => ({
  environment,
  userName: () => user,
});

test('what the DSN leaves open comes from the environment', () => {
  const target = completeTarget(
    parseDsn('Host=h'),
    outside({
      PGUSER: 'u',
      PGPASSWORD: 'p',
      PGPASSFILE: '/pass',
      PGOPTIONS: '-c a=b',
      PGTZ: 'UTC',
      PGSSLCERT: '/c',
      PGSSLKEY: '/k',
      PGSSLROOTCERT: '/r',
      PGHOST: 'not Npgsql’s',
    }),
  );
  expect(target).toMatchObject({ user: 'u', database: 'u', passfile: '/pass', options: '-c a=b', timezone: 'UTC' });
  expect(target.tls).toMatchObject({ certificate: '/c', key: '/k', rootCertificate: '/r' });
  expect(target.password?.()).toBe('p');
});

test('the DSN comes first', () => {
  const dsn = parseDsn('Host=h;Username=a;Password=b;Database=d;Root Certificate=/mine');
  const target = completeTarget(dsn, outside({ PGUSER: 'u', PGPASSWORD: 'p', PGSSLROOTCERT: '/r' }));
  expect(target).toMatchObject({ user: 'a', database: 'd', tls: { rootCertificate: '/mine' } });
  expect(target.password?.()).toBe('b');
});

test('the user is the system’s if nothing names one, and so is the database', () => {
  expect(completeTarget(parseDsn('Host=/run'), outside({ PGUSER: '' }))).toMatchObject({ user: 'me', database: 'me' });
});

test('a user without a name is told', () => {
  const nameless = { environment: {}, userName: () => undefined };
  expect(() => completeTarget(parseDsn('Host=/run'), nameless)).toThrow(/names no user/);
});

test('PGTARGETSESSIONATTRS is held to the same rules', () => {
  const wish = (value: string) => () => completeTarget(parseDsn('Host=h'), outside({ PGTARGETSESSIONATTRS: value }));
  expect(wish('primary')).not.toThrow();
  expect(wish('standby')).toThrow(/PGTARGETSESSIONATTRS=standby cannot be honoured/);
});
