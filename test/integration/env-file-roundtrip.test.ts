import fc from 'fast-check';
import { expect, test } from 'vitest';
import { environment } from '../../src/render/quoting.ts';
import { parseEnvironmentFile } from '../../src/runtime/dsn/environment-file.ts';
import { parseDsn } from '../../src/runtime/dsn/parse.ts';
import { HOSTILE_PASSWORD, hostileText, samples } from '../harness/render/hostile.ts';
import { run } from '../harness/runner/run.ts';

const passwords = [HOSTILE_PASSWORD, ...samples(hostileText({ minLength: 1 }).filter((text) => text !== ''))];

/** A value of a connection string, quoted with one of the two quotes that Npgsql knows. */
const quoted = (value: string, quote: string) => `${quote}${value.replaceAll(quote, quote + quote)}${quote}`;

const dsn = (password: string, quote: string) =>
  `Host=127.0.0.1;Database=d;Username=u;Password=${quoted(password, quote)}`;

test.each(['"', "'"])('a thousand passwords in %s: environment file → helper → what the server is sent', (quote) => {
  const files = passwords.map((password) => `# PG_DSN=no\nPG_DSN=${environment(dsn(password, quote))}\n`);
  const read = files.map((file) => parseDsn(parseEnvironmentFile(file).get('PG_DSN') ?? '').password?.());
  expect(read).toEqual(passwords);
});

test('a bare password, where Npgsql allows one', () => {
  const bare = fc
    .stringMatching(/^[^=;"'][^;]*[^;"']$/)
    .filter((text) => text === text.trim() && !/[\x00-\x1f\x7f-\x9f]/.test(text));
  for (const password of samples(bare, 300)) {
    const file = `PG_DSN=${environment(`Host=127.0.0.1;Password=${password}`)}\n`;
    expect(parseDsn(parseEnvironmentFile(file).get('PG_DSN') ?? '').password?.()).toBe(password);
  }
});

test.each(['bash', 'sh'])('the same file sourced by %s gives a script the same PG_DSN', (shell) => {
  for (const quote of ['"', "'"]) {
    const text = dsn(HOSTILE_PASSWORD, quote);
    const script = `set -a\nPG_DSN=${environment(text)}\nexec ${process.execPath} -e 'console.log(JSON.stringify(process.env.PG_DSN))'`;
    expect(JSON.parse(run(shell, ['-c', script]).stdout)).toBe(text);
  }
});
