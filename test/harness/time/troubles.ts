import pg from 'pg';
import { PARENT } from '../jobs/partitions.ts';
import { OWNER } from '../jobs/scanner.ts';
import type { Database } from '../postgres/database.ts';
import { becomePlain } from '../postgres/hostile-role.ts';
import { cutoffOf, monthName, startOfMonth } from './calendar.ts';
import type { Machine } from './machine.ts';
import { observe } from './observe.ts';
import type { Instant } from './timers.ts';

/** A report that has read the whole table in a transaction, and goes on until it is told to end. */
export async function startReader(database: Database): Promise<{ end(): Promise<void> }> {
  const client = new pg.Client({
    host: database.place.sockets,
    port: database.place.port,
    user: OWNER,
    database: database.name,
    application_name: 'month-end report',
  });
  // A server that is struck takes the report with it.
  client.on('error', () => undefined);
  await client.connect();
  await becomePlain(client);
  await client.query(`begin; select count(*) from ${PARENT}`);
  return { end: () => client.end() };
}

const boundsOf = ({ from, to }: { readonly from: Instant; readonly to: Instant }) =>
  `for values from ('${new Date(from).toISOString()}') to ('${new Date(to).toISOString()}')`;

/**
 * Detaches the oldest partition as a person does who is interrupted: a reader keeps the second phase from its end. Gives what the same
 * person does later; undefined if there is only what ensure provides for, which nobody detaches.
 */
export async function leavePending(database: Database, now: Instant): Promise<(() => Promise<void>) | undefined> {
  const { tables } = await database.connect(observe);
  const [oldest] = tables.filter(({ place, to }) => place === 'attached' && to <= now).sort((a, b) => a.from - b.from);
  if (!oldest) return undefined;
  const reader = await startReader(database);
  try {
    await database.connect(async (person) => {
      await person.query(`set lock_timeout = '100ms'`);
      await person.query(`alter table ${PARENT} detach partition ${oldest.name} concurrently`).then(
        () => {
          throw new Error('the detach was not interrupted');
        },
        (error: unknown) => {
          if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
        },
      );
    });
  } finally {
    await reader.end();
  }
  return async () => {
    await database.query(`alter table ${PARENT} detach partition ${oldest.name} finalize`);
    await database.query(`alter table ${PARENT} attach partition ${oldest.name} ${boundsOf(oldest)}`);
  };
}

/** Puts back, with the helper, what is in grace and lies within the retention as it is now; gives how many partitions. */
export async function putBack({ database, host, clocks }: Machine, now: Instant, keepMonths: number): Promise<number> {
  const { tables } = await database.connect(observe);
  const wanted = tables
    .filter(({ place }) => place === 'detached')
    .map(({ rows }) => Math.min(...rows.keys()))
    .filter((month) => startOfMonth(month) >= cutoffOf(now, keepMonths));
  for (const month of wanted) {
    const { exitCode, stderr } = await host.restore(monthName(month), clocks.host.environment);
    if (exitCode !== 0) throw new Error(`restore of ${monthName(month)} ended with ${exitCode}: ${stderr}`);
  }
  return wanted.length;
}
