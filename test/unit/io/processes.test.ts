import { expect, test } from 'vitest';
import { AppError, EXIT } from '../../../src/errors.ts';
import { processes } from '../../../src/io/processes.ts';

const run = (script: string, options = {}) => processes.run(process.execPath, ['-e', script], options);

test('gives the exit code and both streams, line ends and all', async () => {
  expect(await run('console.log("data"); console.error("talk"); process.exitCode = 3')).toEqual({
    exitCode: 3,
    stdout: 'data\n',
    stderr: 'talk\n',
  });
});

test('adds to the environment and hands on output as it comes', async () => {
  let output = '';
  const onOutput = (chunk: string) => {
    output += chunk;
  };
  await run('process.stdout.write(process.env.ADDED + process.env.PATH.length)', {
    environment: { ADDED: 'é' },
    onOutput,
  });
  expect(output).toBe(`é${process.env['PATH']?.length}`);
});

test('a program that is not there is exit code 5', async () => {
  const error = await processes.run('no-such-program', []).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(AppError);
  expect(error).toMatchObject({
    exitCode: EXIT.missing,
    message: expect.stringContaining('cannot run no-such-program'),
  });
});

test('a program that runs too long is ended', async () => {
  expect(await run('setInterval(() => {}, 1000)', { limitMs: 200 })).toMatchObject({ exitCode: EXIT.terminated });
});

test('a signal ends the program, and its end is waited for', async () => {
  const controller = new AbortController();
  const ended = run(
    'process.on("SIGTERM", () => { console.log("cleaned up"); process.exit(0); }); setInterval(() => {}, 1000); console.log("up")',
    {
      signal: controller.signal,
      onOutput: () => controller.abort(),
    },
  );
  expect(await ended).toMatchObject({ exitCode: 0, stdout: 'up\ncleaned up\n' });
});
