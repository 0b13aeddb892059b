import type { Cluster } from '../postgres/cluster.ts';
import type { Fault } from './episodes.ts';
import type { Strike } from './machine.ts';

/** A fault that waits for its message. `isOver` comes true when the server, if that was struck, answers again. */
type Struck = { readonly strike: Strike; hasStruck(): boolean; isOver(): Promise<void> };

/** Strikes once, before the message with the fault's number. */
export function faultOn(cluster: Cluster, { kind, message }: Fault, kill: () => void): Struck {
  let over: Promise<void> | undefined;
  return {
    strike(number) {
      if (over !== undefined || number < message) return false;
      over = act(cluster, kind, kill);
      return kind === 'cut';
    },
    hasStruck: () => over !== undefined,
    isOver: async () => over,
  };
}

async function act(cluster: Cluster, kind: Fault['kind'], kill: () => void): Promise<void> {
  if (kind === 'kill') kill();
  if (kind !== 'crash' && kind !== 'restart') return;
  await cluster.stop(kind === 'crash' ? 'SIGKILL' : 'SIGINT');
  // Backends that have not noticed the postmaster's death yet keep a new one from starting.
  for (const deadline = Date.now() + 30_000; ; ) {
    try {
      await cluster.start();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await cluster.stop();
    }
  }
}
