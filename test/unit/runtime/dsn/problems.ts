import { inspect } from 'node:util';
import { AppError, EXIT } from '../../../../src/errors.ts';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';

/** The AppError with exit code 3 that a DSN gives. */
export function dsnError(text: string): AppError {
  try {
    parseDsn(text);
  } catch (error) {
    if (error instanceof AppError && error.exitCode === EXIT.configuration) return error;
    throw error;
  }
  throw new Error('expected the DSN to be refused');
}

/** The problems that a DSN's error lists. */
export function problemsOf(text: string): string[] {
  const [, ...lines] = dsnError(text).message.split(/(?:\n {2}- |PG_DSN cannot be used: ?)/);
  return lines.filter((line) => line !== '');
}

/** Everything of an error that could reach a log. */
export function everythingOf(error: AppError): string {
  return [error.message, error.advice, error.stack, JSON.stringify(error), inspect(error, { depth: null })].join('\n');
}
