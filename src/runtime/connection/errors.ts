import { AppError } from '../../errors.ts';
import { sqlState } from './server-error.ts';

/** Whether the connection was lost while a statement ran: whether that took effect is unknown. */
export const isCut = (error: unknown): boolean => error instanceof AppError && error.kind === 'cut';

/** Whether the run is to stop, as a signal asks: nothing can be sent any more. */
export const isStop = (error: unknown): boolean =>
  error instanceof AppError && (error.kind === 'interrupted' || error.kind === 'terminated');

/** Whether nothing can be asked any more after this error: the connection was lost, or the run is to stop. */
export function isSevered(error: unknown): boolean {
  return isStop(error) || isCut(error) || (error instanceof AppError && error.kind === 'unreachable');
}

/** SQLSTATEs after which the server closes the session; the severity would say so too, but in the server's language. */
const CLOSING = ['57P01', '57P02', '57P03', '57P04', '57P05', '25P03', '25P04'];

const lost = (address: string, reason: string, cause: unknown) =>
  new AppError('cut', `the connection to ${address} was lost while a statement ran: ${reason}`, {
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
