import type { Hands } from './hands.ts';
import { acknowledge, compareWith, type Ledger, type Observed } from './ledger.ts';
import type { Machine } from './machine.ts';
import { observe } from './observe.ts';
import type { Tally } from './tally.ts';
import type { Instant } from './timers.ts';

/** Rows of each ingest beside those on an edge. */
const ROWS = 5;

/** Fills the table, and compares what is there with what was acknowledged. */
export type Books = {
  /** @throws pg's DatabaseError if the server refuses the row. */
  insert(instant?: string): Promise<void>;
  /** Some rows of now; on the edge of a month, its first instant and the last microsecond before it besides. */
  ingest(edge: Instant | undefined): Promise<void>;
  /**
   * Looks at everything; `isTidy` after a successful retention.
   * @throws Error with all that must not be.
   */
  check(keepMonths: number, isTidy: boolean): Promise<Observed>;
  /** As of the last check; since then only rows were added. */
  lastSeen(): Observed;
};

export function createBooks({ writer, observer }: Machine, hands: Hands, graceDays: number, tally: Tally): Books {
  let ledger: Ledger = new Map();
  let lastSeen: Observed = { tables: [], visible: 0 };

  async function insert(instant?: string): Promise<void> {
    const month = await writer.insert(instant);
    ledger = acknowledge(ledger, month);
    tally.add('inserts');
  }

  return {
    insert,
    async ingest(edge) {
      for (let row = 0; row < ROWS; row += 1) await insert();
      if (edge === undefined) return;
      await insert(new Date(edge).toISOString());
      await insert(new Date(edge - 1_000).toISOString().replace('.000Z', '.999999Z'));
    },
    async check(keepMonths, isTidy) {
      lastSeen = await observer.lastingly(observe);
      const compared = compareWith(ledger, lastSeen, { now: hands.serverNow(), keepMonths, graceDays, isTidy });
      ledger = compared.ledger;
      if (compared.faults.length > 0) throw new Error(compared.faults.join('\n'));
      return lastSeen;
    },
    lastSeen: () => lastSeen,
  };
}
