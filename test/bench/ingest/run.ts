import { setTimeout as sleep } from 'node:timers/promises';
import { PARENT } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { leftovers, whileReading } from '../../harness/postgres/holding.ts';
import { type Figures, figuresOf } from './figures.ts';
import { withLoad } from './load-process.ts';
import { LOADED } from './rows.ts';
import { AFTER, BEFORE, boundsOf, copyOf } from './templates.ts';
import type { Variant } from './variants.ts';

/** What is the same for all runs; spans in milliseconds. */
export type Setting = {
  readonly clients: number;
  /** Inserts, by all clients together. */
  readonly perSecond: number;
  /** From the start of the load to that of the reader, and from there to that of the maintenance. */
  readonly lead: number;
  readonly reader: number;
  /** How long the load goes on after the reader and the maintenance have ended. */
  readonly tail: number;
};

/**
 * Inserts at a fixed rate into a copy of the variant's template, with a transaction that has read the whole table and stays
 * open, beside which the variant does its maintenance.
 * @throws Error if the maintenance did not do what it should, or an insert failed or was lost.
 */
export async function runOnce(variant: Variant, setting: Setting, signal: AbortSignal): Promise<Figures> {
  const database = await copyOf(variant.template);
  try {
    // Else the copy itself is written out while inserts are timed, in some runs and not in others.
    await database.query('checkpoint');
    const { name, place } = database;
    const { clients, perSecond, lead, tail } = setting;
    const request = { sockets: place.sockets, port: place.port, database: name, role: OWNER, clients, perSecond };
    let maintenance = 0;
    const load = await withLoad(request, signal, async () => {
      await sleep(lead, undefined, { signal });
      maintenance = await maintainBesideReader(database, variant, setting, signal);
      await sleep(tail, undefined, { signal });
    });
    const [failure] = load.failures;
    if (failure !== undefined) throw new Error(`${load.failures.length} inserts failed: ${failure}`);
    await requireOutcome(database, variant, load.warmUpRows + load.latencies.length);
    return { ...figuresOf(load), maintenance };
  } finally {
    await database.drop();
  }
}

/** Milliseconds that the maintenance took. */
async function maintainBesideReader(database: Database, variant: Variant, setting: Setting, signal: AbortSignal) {
  return whileReading(database, async (end) => {
    const readerEnds = sleep(setting.reader, undefined, { signal }).then(end);
    const maintained = (async () => {
      await sleep(setting.lead, undefined, { signal });
      const started = performance.now();
      await variant.maintain(database, signal);
      return performance.now() - started;
    })();
    // Both to their ends, whatever becomes of the other: the connection must not close under the reader.
    await Promise.allSettled([readerEnds, maintained]);
    await readerEnds;
    return maintained;
  });
}

async function requireOutcome(database: Database, variant: Variant, sent: number): Promise<void> {
  const all = await boundsOf(database);
  const found = all.filter((bounds) => bounds.split(' ').every((day) => day.endsWith('-01')));
  const wanted = variant.maintains ? AFTER() : BEFORE();
  if (found.join() !== wanted.join())
    throw new Error(`the months afterwards are ${found.join(', ')}, not ${wanted.join(', ')}`);
  const left = await leftovers(database);
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
  const [stored] = await database.query<{ rows: number }>(
    `select count(*)::int as rows from ${PARENT} where build_id like '${LOADED}%'`,
  );
  if (stored?.rows !== sent) throw new Error(`of ${sent} rows that were inserted, ${stored?.rows} are there`);
}
