import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { cron, cronFields, environment, shell } from '../../../src/render/quoting.ts';
import { parseEnvironmentFile } from '../../../src/runtime/dsn/environment-file.ts';
import { cronCommand } from '../../harness/render/cron-line.ts';
import { HOSTILE_PASSWORD, hostileText, samples } from '../../harness/render/hostile.ts';

const SHELLS = ['bash', 'dash', 'sh'].filter((name) =>
  ['/bin', '/usr/bin'].some((bin) => existsSync(`${bin}/${name}`)),
);

/** What a shell prints for a script, split at NUL. */
function printed(program: string, script: string): string[] {
  const { stdout, stderr, status } = spawnSync(program, ['-s'], {
    input: script,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
    env: { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' },
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  return stdout.split('\0').slice(0, -1);
}

const print = (word: string) => `printf '%s\\0' ${word}\n`;

describe.each(SHELLS)('values come back whole from %s', (program) => {
  test('shell: a thousand words', () => {
    const values = [HOSTILE_PASSWORD, '', '~', '-n', ...samples(hostileText())];
    expect(printed(program, values.map((value) => print(shell(value))).join(''))).toEqual(values);
  });

  test('shell: a word stays a word, whatever stands beside it', () => {
    const values = samples(hostileText(), 300);
    const script = values.map((value) => `printf '%s\\0' a ${shell(value)} b\n`).join('');
    expect(printed(program, script)).toEqual(values.flatMap((value) => ['a', value, 'b']));
  });

  test("cron: a thousand words, through cron's own rule for %", () => {
    const values = [HOSTILE_PASSWORD, '\\%', '\\\\%', "'%'", '%', ...samples(hostileText({ lines: false }))];
    const commands = values.map((value) => cronCommand(print(cron(value)).replace("'%s\\0'", "'\\%s\\0'")));
    expect(printed(program, commands.join('\n'))).toEqual(values);
  });

  test('environment: a thousand values, sourced', () => {
    const values = [HOSTILE_PASSWORD, ...samples(hostileText())];
    const script = values.map((value) => `PG_DSN=${environment(value)}\n${print('"$PG_DSN"')}`).join('');
    expect(printed(program, script)).toEqual(values);
  });
});

test("environment: a thousand values, read by systemd's rules as the helper knows them", () => {
  const values = [HOSTILE_PASSWORD, ...samples(hostileText())];
  const file = values.map((value, index) => `V${index}=${environment(value)}\n`).join('');
  expect([...parseEnvironmentFile(file).values()]).toEqual(values);
});

test.each(['a\nb', 'a\0b', '\x7f'])('cron refuses %j, which a line of a crontab cannot hold', (value) => {
  expect(() => cron(value)).toThrow(AppError);
});

test('cronFields takes schedules and users, and nothing with a meaning', () => {
  for (const value of ['10 0 1 * *', '*/5 1-5,7 * * 1-5', 'hotlookup', '_a-b']) expect(cronFields(value)).toBe(value);
  for (const value of ['', ' ', 'a\nb', 'a  b', '$(id)', 'a;b', '% * * * *'])
    expect(() => cronFields(value)).toThrow(AppError);
});
