import { until } from '../jobs/jobs.ts';
import { PARENT } from '../jobs/partitions.ts';
import { OWNER } from '../jobs/scanner.ts';
import type { Database } from '../postgres/database.ts';
import type { ScenarioName } from './scenarios.ts';

/** A statement that waits for a lock while the fault strikes. */
export type Stall = {
  readonly of: ScenarioName;
  /** What the owner has done in a transaction that is still open; how long, the helper may see. */
  readonly blocker: string;
  /** The statement that waits, as LIKE would find it. */
  readonly waiting: string;
};

const READER = `select count(*) from ${PARENT}`;

/** One for each statement that can wait for others, and where it can leave something half done. */
export const STALLS: readonly Stall[] = [
  { of: 'ensure', blocker: `lock table ${PARENT} in share update exclusive mode`, waiting: '%SELECT %ensure%' },
  { of: 'retention by the function', blocker: READER, waiting: '%SELECT %drop%' },
  { of: 'concurrent retention', blocker: READER, waiting: '% CONCURRENTLY' },
  { of: 'concurrent retention', blocker: 'select from scanner.payloads', waiting: '% DROP CONSTRAINT %' },
  {
    of: 'concurrent retention after one that was stopped in a detach',
    blocker: 'set transaction isolation level repeatable read; select',
    waiting: '% FINALIZE',
  },
  {
    of: 'restore of what is in grace',
    blocker: `lock table ${PARENT} in share update exclusive mode`,
    waiting: '%ATTACH PARTITION%',
  },
];

/** With this long a wait for one lock, the statement waits still when it is struck. */
export const LONG_WAIT = '--lock-timeout 10s';

export type Blocker = { end(): Promise<void> };

/** Somebody whose transaction is open until told to end, or cut off. */
export async function startBlocker(database: Database, { blocker }: Stall): Promise<Blocker> {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  let session: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    session = database.connect(async (client) => {
      client.on('error', end);
      await client.query(`begin; ${blocker}`);
      resolve();
      await ended;
    }, OWNER);
    session.catch(reject);
  });
  return {
    end: () => {
      end();
      return session;
    },
  };
}

export const untilStalled = (database: Database, { waiting }: Stall): Promise<void> =>
  until(
    database,
    `select from pg_stat_activity where datname = current_database() and application_name like 'hotlookup%'
      and wait_event_type = 'Lock' and query like '${waiting}'`,
  );
