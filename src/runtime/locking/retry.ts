import { formatDuration } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import { isContention } from '../connection/server-error.ts';
import { pauseMs } from '../shared/backoff.ts';
import type { Host } from '../shared/host.ts';

/**
 * Runs an attempt until it gives a result; undefined, or an error of contention, means: in the way, try again. What is in
 * the way is told if the budget ends with it.
 */
export type LockRetry = <Result extends object>(
  attempt: () => Promise<Result | undefined>,
  inTheWay?: () => string,
) => Promise<Result>;

/** How often a run had to wait: contention must not look like idleness. */
export type LockWaits = { count: number };

/**
 * One budget for all waits of a run: failed attempts and the pauses between them count, work that was done does not. `alreadyMs`
 * of it may be spent from the start.
 * @throws AppError with exit code 8 when it is spent.
 */
export function createLockRetry(
  host: Host,
  limitMs: number,
  advice: string,
  waits: LockWaits = { count: 0 },
  alreadyMs = 0,
): LockRetry {
  let spentMs = alreadyMs;
  return async (attempt, inTheWay = () => 'other sessions hold locks') => {
    for (let tries = 0; ; tries += 1) {
      const started = host.elapsed();
      let cause: unknown;
      try {
        const result = await attempt();
        if (result !== undefined) return result;
      } catch (error) {
        if (!isContention(error)) throw error;
        cause = error;
      }
      waits.count += 1;
      const pause = pauseMs(tries, host.random());
      spentMs += host.elapsed() - started + pause;
      if (spentMs > limitMs) {
        const tried = `${tries + 1} ${tries === 0 ? 'try' : 'tries'}`;
        const message = `gave up after ${tried}: ${inTheWay()}, and the budget of ${formatDuration(limitMs)} is spent`;
        throw new AppError('lockBudget', message, { advice, cause });
      }
      await host.sleep(pause);
    }
  };
}
