import type { Machine } from './machine.ts';
import type { Instant } from './timers.ts';

/** How far the two clocks are ahead of true time, in milliseconds. */
type Ahead = { readonly hostAheadMs: number; readonly serverAheadMs: number };

/** The hands of both clocks. True time only goes on; the clocks jump with what they are ahead of it. */
export type Hands = {
  now(): Instant;
  serverNow(): Instant;
  /** How far the host's clock is ahead of the server's. */
  differenceMs(): number;
  moveTo(at: Instant): void;
  jump(ahead: Ahead): void;
};

export function createHands(clocks: Machine['clocks'], start: Instant): Hands {
  let now = start;
  let ahead: Ahead = { hostAheadMs: 0, serverAheadMs: 0 };
  const serverNow = () => now + ahead.serverAheadMs;
  function moveTo(at: Instant): void {
    now = Math.max(now, at);
    clocks.host.set(now + ahead.hostAheadMs);
    clocks.server.set(serverNow());
  }
  return {
    now: () => now,
    serverNow,
    differenceMs: () => ahead.hostAheadMs - ahead.serverAheadMs,
    moveTo,
    jump(next) {
      ahead = next;
      moveTo(now);
    },
  };
}
