import { expect } from 'vitest';
import { AppError, type ExitCode } from '../../../src/errors.ts';
import { type Connection, withConnection } from '../../../src/runtime/connection/connection.ts';
import { parseDsn } from '../../../src/runtime/dsn/parse.ts';
import type { Host } from '../../../src/runtime/shared/host.ts';
import { createHost } from './connection-host.ts';

export type SessionRequest = { readonly budgetMs?: number; readonly host?: Host };

/** Runs `use` with a connection to the DSN, as the helper would. */
export function session<Result>(
  dsn: string,
  use: (connection: Connection) => Promise<Result>,
  { budgetMs = 5_000, host = createHost().host }: SessionRequest = {},
): Promise<Result> {
  return withConnection(parseDsn(dsn), { budgetMs, applicationName: 'hotlookup test', host }, use);
}

/** One row of one statement. */
export async function rowOf(dsn: string, text: string, request?: SessionRequest) {
  return session(dsn, async (connection) => (await connection.query(text))[0]?.rows[0], request);
}

/** The AppError with this exit code that connecting ends with. */
export async function refusal(dsn: string, exitCode: ExitCode, request?: SessionRequest): Promise<AppError> {
  const error = await rowOf(dsn, 'select 1', request).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AppError)) throw new Error('expected an AppError', { cause: error });
  expect({ exitCode: error.exitCode, message: error.message }).toEqual({ exitCode, message: error.message });
  return error;
}
