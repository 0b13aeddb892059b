import { expect, test } from 'vitest';
import { main } from '../../../src/runtime/main.ts';
import type { Host } from '../../../src/runtime/shared/host.ts';
import { fakeHost } from './fake-host.ts';

const OPTIONS = [
  ...['--set', 'boms', '--table', 's.t', '--ensure-function', 's.make', '--months-ahead', '1'],
  ...['--retention-function', 's.drop', '--keep-months', '12', '--strategy', 'auto', '--grace-days', '0'],
  ...['--detach-timeout', '1s', '--max-drop-share', '50', '--environment-file', '/etc/x.env'],
  ...['--connect-timeout', '1s', '--lock-timeout', '50ms', '--lock-wait', '1s'],
];
const METRICS = ['--metrics-directory', '/m'];

/** Runs the helper with these words behind `--`; no PG_DSN is to be found, so that a run ends with exit code 3. */
async function run(options: readonly string[], words: readonly string[], rest: Partial<Host> = {}) {
  const files = new Map<string, string>();
  const { host, written } = fakeHost({
    changeFile: (path, change) => files.set(path, change(files.get(path))),
    ...rest,
  });
  return { exitCode: await main([...options, '--', ...words], host), files, ...written };
}

test.each([
  ['ensure', []],
  ['retention', ['12', 'false']],
])('a real run of %s leaves its file, though it failed', async (verb, words) => {
  const { exitCode, files } = await run([...OPTIONS, ...METRICS], [verb, ...words]);
  expect(exitCode).toBe(3);
  expect([...files.keys()]).toEqual([`/m/boms-${verb}.prom`]);
  expect(files.get(`/m/boms-${verb}.prom`)).toContain('outcome="configuration"} 1');
});

test.each([
  [['status']],
  [['plan']],
  [['restore', '2020-01', '--dry-run']],
  [['restore', '2020-01']],
  [['retention']],
  [['retention', '12', 'true']],
  [['ensure', 'x']],
  [['--help']],
])('%j leaves none', async (words) => {
  expect((await run([...OPTIONS, ...METRICS], words)).files.size).toBe(0);
});

test('without a folder nothing is left', async () => {
  expect((await run(OPTIONS, ['ensure'])).files.size).toBe(0);
});

test.each(['', 'relative'])('%j is no folder', async (directory) => {
  const { exitCode, err } = await run([...OPTIONS, '--metrics-directory', directory], ['ensure']);
  expect({ exitCode, err }).toEqual({ exitCode: 2, err: expect.stringContaining('absolute path') });
});

test('an error that nobody foresaw is an outcome too', async () => {
  const userName = () => {
    throw new TypeError('no');
  };
  const environment = { PG_DSN: 'Host=/run/x;Database=d' };
  const { exitCode, files } = await run([...OPTIONS, ...METRICS], ['ensure'], { environment, userName });
  expect(exitCode).toBe(70);
  expect(files.get('/m/boms-ensure.prom')).toContain('outcome="internal"} 1');
});

test('what goes wrong with the metrics changes no exit code', async () => {
  const changeFile = () => {
    throw new TypeError('secret');
  };
  const { exitCode, err } = await run([...OPTIONS, ...METRICS], ['ensure'], { changeFile });
  expect(exitCode).toBe(3);
  expect(err).toContain(
    'warning: the metrics of this run were not written to /m/boms-ensure.prom: internal error (TypeError)',
  );
  expect(err).not.toContain('secret');
});
