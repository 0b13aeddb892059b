import { expect, test } from 'vitest';
import { main } from '../../../src/runtime/main.ts';
import type { Host } from '../../../src/runtime/shared/host.ts';
import { fakeHost } from './fake-host.ts';

const ARGV = [
  ...['--set', 'boms', '--table', 's.t', '--ensure-function', 's.make', '--months-ahead', '1'],
  ...[
    '--environment-file',
    '/etc/x.env',
    '--connect-timeout',
    '1s',
    '--lock-timeout',
    '50ms',
    '--lock-wait',
    '1s',
    '--',
  ],
];

test('an error that nobody foresaw is exit 70 and shows its place, but nothing that it says', async () => {
  const readFile = () => {
    throw Object.assign(new Error('boom'), { code: 'ENOENT' });
  };
  const { host, written } = fakeHost({ readFile });
  const environment: Host['environment'] = new Proxy(
    {},
    {
      get: () => {
        throw new TypeError('cannot read Password=hunter2');
      },
    },
  );
  expect(await main([...ARGV, 'ensure', '--json'], { ...host, environment })).toBe(70);
  expect(JSON.parse(written.out)).toEqual({
    formatVersion: 1,
    ok: false,
    error: { exitCode: 70, message: 'internal error', advice: null },
  });
  expect(written.err).toMatch(/^internal error \(TypeError\); please report it with these lines\n {4}at /);
  expect(written.err).not.toContain('hunter2');
});

test('a foreseen error is its message and advice on stderr; in the journal each line has a priority', async () => {
  const { host, written } = fakeHost();
  const err = { ...host.err, isJournal: true };
  expect(await main([...ARGV, 'ensure', 'x'], { ...host, err })).toBe(2);
  expect(written).toEqual({
    out: '',
    err: '<3>MONTHS_AHEAD must be a whole number from 0 to 120, not "x"\n<3>usage: boms-ensure-partitions.sh [MONTHS_AHEAD=1] [--json]\n',
  });
});

test('whoever asked for JSON gets a document where there is no report, too', async () => {
  const usage = fakeHost();
  expect(await main([...ARGV, 'ensure', 'x', '--json'], usage.host)).toBe(2);
  expect(JSON.parse(usage.written.out)).toEqual({
    formatVersion: 1,
    ok: false,
    error: {
      exitCode: 2,
      message: 'MONTHS_AHEAD must be a whole number from 0 to 120, not "x"',
      advice: 'usage: boms-ensure-partitions.sh [MONTHS_AHEAD=1] [--json]',
    },
  });
  expect(usage.written.err).toMatch(/^MONTHS_AHEAD must be .*\nusage: /);
});

test('a bad PG_DSN is exit 3 without its value', async () => {
  const { host, written } = fakeHost({ environment: { PG_DSN: 'Host=a;Pasword=hunter2' } });
  expect(await main([...ARGV, 'ensure'], host)).toBe(3);
  expect(written.err).toContain('Pasword');
  expect(written.err).not.toContain('hunter2');
});

test('help goes to stdout', async () => {
  const { host, written } = fakeHost();
  expect(await main([...ARGV, '--help'], host)).toBe(0);
  expect(written).toEqual({ out: expect.stringContaining('Exit codes'), err: '' });
});
