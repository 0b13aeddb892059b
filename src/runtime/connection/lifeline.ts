import type { Duplex } from 'node:stream';

/** Ties a connection's stream to the run's signal and, while connecting, to a time limit. */
export type Lifeline = {
  /** Makes this stream the one that is destroyed; replaces the one held before. */
  hold(stream: Duplex): void;
  /** Lifts the time limit: the connection stands. */
  connected(): void;
  /** Lets go of the signal and the stream. */
  release(): void;
};

const timedOut = (limitMs: number): Error =>
  Object.assign(new Error(`no answer within ${Math.ceil(limitMs / 1000)} s`), { code: 'ETIMEDOUT' });

/** Destroys the held stream with `signal.reason` when the run is to stop, or when `limitMs` pass before `connected`. */
export function createLifeline(signal: AbortSignal, limitMs: number): Lifeline {
  let held: Duplex | undefined;
  let broken: Error | undefined;
  const cut = (reason: Error) => {
    broken = reason;
    held?.destroy(reason);
  };
  const onAbort = () => cut(signal.reason);
  const timer = setTimeout(() => cut(timedOut(limitMs)), limitMs);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  return {
    hold(stream) {
      held = stream;
      if (broken) stream.destroy(broken);
    },
    connected: () => clearTimeout(timer),
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      held = undefined;
    },
  };
}
