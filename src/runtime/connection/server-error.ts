import { AppError, type ErrorKind } from '../../errors.ts';

/** The SQLSTATE of an error that the server reported; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  // Node's own errors have a `code` too (EPIPE looks like a SQLSTATE), but no severity.
  if (!(error instanceof Error) || !('severity' in error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

const CONTENTION = new Set(['55P03', '40P01', '40001']);

/** Whether another session was in the way: lock not available, deadlock, serialization failure. Worth another try. */
export function isContention(error: unknown): boolean {
  return CONTENTION.has(sqlState(error) ?? '');
}

function kindOf(state: string): 'missing' | 'unreachable' | 'refused' {
  if (state === '42501') return 'missing';
  if (state === '25006' || state.startsWith('57P') || state.startsWith('08')) return 'unreachable';
  return 'refused';
}

const ADVICE = new Map<ErrorKind, string>([
  ['missing', 'Grant that privilege to the role that PG_DSN names, or to the owner of the function.'],
  ['unreachable', 'See the server’s log; the next run tries again.'],
  ['refused', 'Nothing of this step was kept. Look at the function and at the server’s log.'],
]);

/** query_canceled. */
const CANCELLED = '57014';

/** Whether the statement was ended by statement_timeout or somebody's pg_cancel_backend. */
export const isCancelled = (error: unknown): boolean => sqlState(error) === CANCELLED;

const SLOW =
  'Nothing of this step was kept. See why it takes so long, or raise Command Timeout in PG_DSN: what the role has does not count.';

/** What a server's error means to the person who reads it, and what mends it if the server refused; any other error stays as it is. */
export function explain(error: unknown, doing: string, mend?: string): unknown {
  const state = sqlState(error);
  if (state === undefined || !(error instanceof Error)) return error;
  const kind = kindOf(state);
  const advice = state === CANCELLED ? SLOW : kind === 'refused' && mend !== undefined ? mend : ADVICE.get(kind);
  return new AppError(kind, `${doing} failed: ${error.message} (SQLSTATE ${state})`, {
    cause: error,
    ...(advice !== undefined && { advice }),
  });
}
