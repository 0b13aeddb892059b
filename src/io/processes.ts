import { constants } from 'node:os';
import { AppError } from '../errors.ts';
import type { Processes, ProcessResult } from '../world.ts';

const run: Processes['run'] = async (program, args, options = {}): Promise<ProcessResult> => {
  const { execa } = await import('execa');
  const child = execa(program, args, {
    reject: false,
    stdin: 'ignore',
    stripFinalNewline: false,
    ...(options.environment && { env: options.environment }),
    ...(options.limitMs !== undefined && { timeout: options.limitMs }),
    ...(options.signal && { cancelSignal: options.signal }),
  });
  const { onOutput } = options;
  if (onOutput) for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', onOutput);
  const result = await child;
  if (result.exitCode === undefined && result.signal === undefined)
    throw new AppError('missing', `cannot run ${program}: ${result.code ?? result.shortMessage}`, {
      advice: `Install ${program}, or put it on PATH`,
      cause: result.cause,
    });
  const exitCode = result.exitCode ?? 128 + (result.signal ? constants.signals[result.signal] : 0);
  return { exitCode, stdout: result.stdout, stderr: result.stderr };
};

/** Runs programs; execa is loaded with the first of them. */
export const processes: Processes = { run };
