import { describe, expect, test } from 'vitest';
import { loadTls, tlsOptionsFor, verificationOf } from '../../../../src/runtime/connection/tls.ts';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';
import { fakeHost } from '../fake-host.ts';

const settings = (text: string) => parseDsn(`Host=h;${text}`).tls;

test.each([
  ['SSL Mode=Prefer', true, 'none'],
  ['SSL Mode=Require', false, 'none'],
  ['SSL Mode=Require', true, 'authority'],
  ['SSL Mode=Require;Trust Server Certificate=true', true, 'none'],
  ['SSL Mode=VerifyCA', false, 'authority'],
  ['SSL Mode=VerifyFull', false, 'name'],
])('%s (root certificate: %s) verifies: %s', (text, hasRoot, verification) => {
  expect(verificationOf(settings(text), hasRoot)).toBe(verification);
});

describe('the name that is sent and checked', () => {
  test.each([
    ['db.example', 'db.example'],
    ['10.0.0.1', undefined],
    ['::1', undefined],
  ])('%s', (host, servername) => {
    const options = tlsOptionsFor({ verification: 'name', options: {} }, host);
    expect(options).toMatchObject({ host, rejectUnauthorized: true });
    expect(options.servername).toBe(servername);
    expect(options.checkServerIdentity).toBeUndefined();
  });

  test('is not checked when only the authority counts', () => {
    const options = tlsOptionsFor({ verification: 'authority', options: {} }, 'h');
    expect(options.rejectUnauthorized).toBe(true);
    expect(options.checkServerIdentity?.('h', {} as never)).toBeUndefined();
  });
});

test('a file that may not be read is named with its key', async () => {
  const files = {
    '/key.pem': Object.assign(new Error('denied'), { code: 'EACCES' }),
    '/cert.pem': '-----BEGIN CERTIFICATE',
  };
  const { host } = fakeHost({ files });
  await expect(loadTls(settings('SSL Certificate=/cert.pem;SSL Key=/key.pem'), host)).rejects.toMatchObject({
    exitCode: 5,
    message: 'SSL Key: the file /key.pem cannot be read (EACCES)',
  });
});
