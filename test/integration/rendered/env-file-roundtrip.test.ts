import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { environment } from '../../../src/render/quoting.ts';
import { render } from '../../../src/render/render.ts';
import { parseEnvironmentFile } from '../../../src/runtime/dsn/environment-file.ts';
import { parseDsn } from '../../../src/runtime/dsn/parse.ts';
import { specSchema } from '../../../src/spec/schema.ts';
import { HOSTILE_PASSWORD, hostileText, samples } from '../../harness/render/hostile.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { run } from '../../harness/runner/run.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

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

describe('the example, filled in as it says', () => {
  const example = render(specSchema.parse({}), '').find(({ path }) => path.endsWith('.env.example'))?.contents ?? '';
  const filledIn = (password: string) =>
    example.replace(/Host=\.\.\..*Password=\.\.\./, () => `Host=h;Database=d;Username=u;Password=${password}`);
  const passwordIn = (dsnText: string) => parseDsn(dsnText).password?.();

  test.each([
    ['a$b', 'a$b'],
    ['$HOME', '$HOME'],
    ['$(id)`id`', '$(id)`id`'],
    ['a"b\\c\\', 'a"b\\c\\'],
    ['"a;b "', 'a;b '],
    ['"a;""$b"', 'a;"$b'],
    [`it'"'"'s $5`, "it's $5"],
    [`"it'"'"'s;"`, "it's;"],
    ['"""a"', '"a'],
    [`"'"'"'a"`, "'a"],
  ])('Password=%s means the same to the helper, bash and sh', (written, password) => {
    const file = filledIn(written);
    expect(passwordIn(parseEnvironmentFile(file).get('PG_DSN') ?? '')).toBe(password);
    for (const shell of ['bash', 'sh'])
      expect(passwordIn(run(shell, ['-c', `${file}printf %s "$PG_DSN"`]).stdout)).toBe(password);
  });
});

const GENERATOR = '/usr/lib/systemd/user-environment-generators/30-systemd-environment-d-generator';
const others = existsSync(GENERATOR) ? [] : [`${GENERATOR}, which comes with systemd`];

/**
 * It reads its files with the code that reads `EnvironmentFile=`. Unlike that, it expands `$` afterwards; and bash expands `~` in what it
 * prints. So the values have neither.
 */
describeNeeding({ others }, "systemd's own reader", () => {
  test('reads a thousand values as they were', () => {
    const values = samples(hostileText({ lines: false }).map((text) => text.replace(/[$~]/g, 'S')));
    const folder = makeTemporary('environment');
    try {
      mkdirSync(join(folder, 'environment.d'));
      const lines = values.map((value, index) => `V${index}=${environment(`x${value}`)}\n`);
      writeFileSync(join(folder, 'environment.d/test.conf'), lines.join(''));
      const { stdout } = run('bash', ['-c', 'XDG_CONFIG_HOME=$1 "$0"', GENERATOR, folder]);
      const print = values.map((_, index) => `printf '%s\\0' "$V${index}"\n`).join('');
      writeFileSync(join(folder, 'print.sh'), `${stdout}\n${print}`);
      const printed = run('bash', [join(folder, 'print.sh')])
        .stdout.split('\0')
        .slice(0, -1);
      expect(printed).toEqual(values.map((value) => `x${value}`));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
