import { expect, test } from 'vitest';
import { findDsn } from '../../../../src/runtime/dsn/source.ts';
import { fakeHost } from '../fake-host.ts';

const FILE = '/etc/stellaops/scanner-hotlookup.env';
const broken = (code: string) => Object.assign(new Error('secret'), { code });
const find = (environment: Record<string, string>, file?: string | NodeJS.ErrnoException) =>
  findDsn(fakeHost({ environment, ...(file !== undefined && { files: { [FILE]: file } }) }).host, FILE);

test('the environment comes before the file, unless it is empty', () => {
  expect(find({ PG_DSN: 'Host=a' }, 'PG_DSN=Host=b')).toBe('Host=a');
  expect(find({ PG_DSN: '' }, 'PG_DSN=Host=b')).toBe('Host=b');
  expect(find({}, 'PG_DSN="Host=b"\n')).toBe('Host=b');
});

test('a unit, whose user may not read the file, is told what systemd found there', () => {
  expect(() => find({}, broken('EACCES'))).toThrow(
    expect.objectContaining({
      advice: expect.stringContaining('If this is the unit, the file is missing or defines no'),
    }),
  );
});

test.each([
  ['no file', undefined, 3, `${FILE} does not exist`],
  ['a file without it', 'export PG_DSN=Host=a', 3, `nor defined in ${FILE}`],
  ['an empty value', 'PG_DSN=', 3, `nor defined in ${FILE}`],
  ['a folder', broken('EISDIR'), 3, 'cannot be read (EISDIR)'],
  ['a file of root', broken('EACCES'), 5, 'may not be read by this user'],
])('%s', (_, file, exitCode, message) => {
  expect(() => find({}, file)).toThrow(
    expect.objectContaining({
      exitCode,
      message: expect.stringContaining(message),
      advice: expect.stringMatching(/./),
    }),
  );
});
