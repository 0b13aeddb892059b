import { AppError, EXIT } from '../../errors.ts';
import { sqlState } from './server-error.ts';

/** An AppError (exit code 4): the connection was lost while a statement ran, so whether it took effect is unknown. */
export type CutError = AppError & { readonly cut: true };

export function isCut(error: unknown): error is CutError {
  return error instanceof AppError && 'cut' in error;
}

const STOPS: readonly number[] = [EXIT.interrupted, EXIT.terminated];

/** Whether the run is to stop, as a signal asks: nothing can be sent any more. */
export const isStop = (error: unknown): boolean => error instanceof AppError && STOPS.includes(error.exitCode);

/** Whether nothing can be asked any more after this error: the connection was lost, or the run is to stop. */
export function isSevered(error: unknown): boolean {
  return isStop(error) || (error instanceof AppError && error.exitCode === EXIT.unreachable);
}

/** SQLSTATEs after which the server closes the session; the severity would say so too, but in the server's language. */
const CLOSING = ['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04'];

/** The connection is gone, in the middle of something. */
export function cutError(message: string, options: { advice: string; cause: unknown }): CutError {
  return Object.assign(new AppError(EXIT.unreachable, message, options), { cut: true as const });
}

const lost = (address: string, reason: string, cause: unknown) =>
  cutError(`the connection to ${address} was lost while a statement ran: ${reason}`, {
    advice:
      'Whether the last statement took effect is unknown; the next run looks at what is there and does what is missing.',
    cause,
  });

export type StatementContext = {
  readonly address: string;
  readonly signal: AbortSignal;
  readonly lostTo: () => Error | undefined;
};

const closes = (state: string, error: object): boolean =>
  CLOSING.includes(state) || ('severity' in error && ['FATAL', 'PANIC'].includes(String(error.severity)));

/** What a failed statement throws: the signal's reason, PostgreSQL's error as it is, or that the connection was cut. */
export function statementError(error: unknown, { address, signal, lostTo }: StatementContext): unknown {
  if (signal.aborted) return signal.reason;
  if (!(error instanceof Error)) return error;
  const state = sqlState(error);
  if (state !== undefined && !closes(state, error)) return error;
  const cause = state === undefined ? (lostTo() ?? error) : error;
  return lost(address, cause.message.replace(/\.$/, ''), cause);
}
