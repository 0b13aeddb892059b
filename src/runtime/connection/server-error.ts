import { AppError } from '../../errors.ts';
import { meaningOf } from './sql-states.ts';

/** The SQLSTATE of an error that the server reported; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  // Node's own errors have a `code` too (EPIPE looks like a SQLSTATE), but no severity.
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const CONTENTION = new Set(['55P03', '40P01', '40001']);

/**
 * Whether another session was in the way: lock not available, deadlock, serialization failure, or a change of the same entry of the
 * catalog. Worth another try.
 */
export function isContention(error: unknown): boolean {
  const state = sqlState(error);
  if (state === undefined || !(error instanceof Error)) return false;
  return CONTENTION.has(state) || (state === 'XX000' && /tuple concurrently (?:updated|deleted)/.test(error.message));
}

/** query_canceled. */
const CANCELLED = '57014';

/** Whether the statement was ended by statement_timeout or somebody's pg_cancel_backend. */
export const isCancelled = (error: unknown): boolean => sqlState(error) === CANCELLED;

/** The server's DETAIL and HINT, a line each. */
function detailsOf(error: object): string[] {
  return (['detail', 'hint'] as const).flatMap((field) => {
    const text: unknown = Reflect.get(error, field);
    return typeof text === 'string' && text !== '' ? [`${field.toUpperCase()}: ${text}`] : [];
  });
}

/** What a server's error means to the person who reads it, and what mends it if the server refused; any other error stays as it is. */
export function explain(error: unknown, doing: string, mend?: string): unknown {
  const state = sqlState(error);
  if (state === undefined || !(error instanceof Error)) return error;
  const { kind, advice } = meaningOf(state, error.message);
  const lines = [`${doing} failed: ${error.message} (SQLSTATE ${state})`, ...detailsOf(error)];
  return new AppError(kind, lines.join('\n'), {
    cause: error,
    advice: kind === 'refused' && mend !== undefined ? mend : advice,
  });
}
