import { AppError } from '../../errors.ts';
import type { CompleteTarget } from '../dsn/environment.ts';
import { describeEndpoint, type Endpoint } from '../dsn/target.ts';
import { pauseMs } from '../shared/backoff.ts';
import type { Host } from '../shared/host.ts';
import { forStream, PRIORITY } from '../shared/journal-line.ts';
import { codeOf } from '../shared/node-errors.ts';
import { sentenceOf } from '../shared/words.ts';
import { type Attached, type AttemptRequest, attach } from './attempt.ts';
import { objectionTo, stateOf } from './server.ts';
import { endSession } from './session.ts';
import { classifyFailure, type Setback } from './verdict.ts';

export type Opened = Attached & { readonly address: string; readonly version: number };

export type RetryOptions = { readonly budgetMs: number; readonly applicationName: string; readonly host: Host };

/** Looks at who answered: a session is kept only at a server that takes writes. */
async function inspect(attached: Attached, endpoint: Endpoint): Promise<Opened | Setback> {
  const address = describeEndpoint(endpoint);
  try {
    const state = await stateOf(attached.session);
    const objection = objectionTo(state, address);
    if (objection === undefined) {
      attached.lifeline.connected();
      return { ...attached, address, version: state.version };
    }
    await endSession(attached.session);
    attached.lifeline.release();
    return { endpoint, again: false, ...objection };
  } catch (error) {
    attached.session.stream.destroy();
    attached.lifeline.release();
    throw error;
  }
}

async function tryEndpoint(request: AttemptRequest): Promise<Opened | Setback> {
  try {
    return await inspect(await attach(request), request.endpoint);
  } catch (error) {
    request.host.signal.throwIfAborted();
    const verdict = classifyFailure(error, request);
    if (verdict instanceof AppError) throw verdict;
    return verdict;
  }
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 100) / 10} s`;

function giveUp(setbacks: readonly Setback[], spentMs: number): AppError {
  const [first, ...others] = setbacks;
  const within = setbacks.some(({ again }) => again) ? ` within ${seconds(spentMs)}` : '';
  const lines = setbacks.map(({ endpoint, reason }) => `\n  - ${describeEndpoint(endpoint)}: ${reason}`);
  const message =
    first && others.length === 0
      ? `cannot connect to ${describeEndpoint(first.endpoint)}${within}: ${first.reason}`
      : `cannot connect to a server that takes writes${within}:${lines.join('')}`;
  const advice = sentenceOf(setbacks.map((setback) => setback.advice));
  return new AppError('unreachable', message, { advice, cause: first?.cause });
}

function announce(setbacks: readonly Setback[], budgetMs: number, host: Host): void {
  const states = setbacks.map(({ endpoint, reason }) => `${describeEndpoint(endpoint)}: ${reason}`).join('; ');
  host.err.write(
    forStream(host.err, PRIORITY.notice, `waiting up to ${seconds(budgetMs)} for the database (${states})`),
  );
}

/**
 * Tries the endpoints in their order, again and again while waiting may help, until one takes writes or the budget is spent.
 * @throws AppError with exit code 3, 4 or 5; the signal's reason.
 */
export async function connectWithin(target: CompleteTarget, options: RetryOptions): Promise<Opened> {
  const { budgetMs, applicationName, host } = options;
  const started = host.elapsed();
  const left = () => budgetMs - (host.elapsed() - started);
  const latest = new Map<Endpoint, Setback>();
  for (let round = 0; ; round++) {
    for (const [index, endpoint] of target.endpoints.entries()) {
      // Each endpoint of a round gets its share, lest a silent one eats the whole budget.
      const share = Math.max(1, left() / (target.endpoints.length - index));
      const limitMs = target.attemptMs > 0 ? Math.min(target.attemptMs, share) : share;
      const outcome = await tryEndpoint({ endpoint, target, applicationName, limitMs, host });
      if ('session' in outcome) return outcome;
      // An attempt that the end of the budget cut short says less than the one before.
      if (!latest.has(endpoint) || codeOf(outcome.cause) !== 'ETIMEDOUT') latest.set(endpoint, outcome);
    }
    const setbacks = [...latest.values()];
    const pause = pauseMs(round, host.random());
    if (!setbacks.some(({ again }) => again) || left() <= pause) throw giveUp(setbacks, host.elapsed() - started);
    if (round === 0) announce(setbacks, budgetMs, host);
    await host.sleep(pause);
  }
}
