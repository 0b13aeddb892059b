import { lockKey } from '../../../src/runtime/locking/key.ts';
import type { Database } from '../postgres/database.ts';
import { PENDING, whileReading } from '../postgres/holding.ts';
import { startHelper } from './helper.ts';
import {
  ADVISORY_LOCKS,
  addMonths,
  createSql,
  firstOfMonth,
  partitionName,
  replaceEnsure,
  replaceRetention,
  until,
} from './jobs.ts';
import { DROP_OLD, ENSURE, PARENT } from './partitions.ts';
import { OWNER } from './scanner.ts';

/** How a job that is broken ends, as an exit code, by retention's strategy. */
export type Breakage = {
  readonly concurrent: number;
  readonly function: number;
  /** Breaks the job while `use` runs. */
  readonly during: (database: Database, use: () => Promise<void>) => Promise<void>;
};

const SET = 'scanner-artifact-boms';
const OLD = partitionName(-13);
const RAISE = `begin raise exception 'out of order'; end`;

/** Broken by a change of the database that stays. */
const after =
  (change: (database: Database) => Promise<unknown>): Breakage['during'] =>
  async (database, use) => {
    await change(database);
    await use();
  };

/** Broken by what another session holds. */
const whileHeld =
  (statements: string): Breakage['during'] =>
  (database, use) =>
    database.connect(async (other) => {
      await other.query(`begin; ${statements}`);
      await use();
      await other.query('rollback');
    }, OWNER);

const advisory = (key: string) => `select pg_advisory_xact_lock(${key})`;

/** Makes the function wait inside its call, past any lock_timeout, and starts the job. */
const whileHanging =
  (replaceFunction: typeof replaceEnsure, args: readonly string[]): Breakage['during'] =>
  (database, use) =>
    database.connect(async (other) => {
      await other.query('select pg_advisory_lock(42)');
      await replaceFunction(database, {
        body: `begin perform pg_catalog.set_config('lock_timeout', '0', true); perform pg_catalog.pg_advisory_xact_lock(42); end`,
      });
      const run = startHelper(database, { args });
      await until(database, `select from ${ADVISORY_LOCKS} and not granted`);
      await use();
      run.kill('SIGTERM');
      await run;
    });

/** Kills a run of retention while it waits, in the second phase, for a session that reads the table. */
async function killHalfway(database: Database): Promise<void> {
  await whileReading(database, async () => {
    const run = startHelper(database);
    await until(database, PENDING);
    run.kill('SIGKILL');
    await run;
    await until(database, `select where not exists (select from ${ADVISORY_LOCKS})`);
  });
}

/** A detach of this month's partition that a person has begun and not finished. */
export async function leavePending(database: Database, offset: number): Promise<void> {
  await whileReading(database, () =>
    database.connect(async (person) => {
      await person.query(`set lock_timeout = '100ms'`);
      await person
        .query(`alter table ${PARENT} detach partition ${partitionName(offset)} concurrently`)
        .catch((error) => {
          if (error.code !== '55P03') throw error;
        });
    }, OWNER),
  );
}

/** Ways in which retention does not do its work, on a table with a partition that is due. */
export const BROKEN_RETENTION: Readonly<Record<string, Breakage>> = {
  'its function raises': {
    concurrent: 7,
    function: 7,
    during: after((database) => replaceRetention(database, { body: RAISE })),
  },
  'its function drops what is kept, even in a dry run': {
    concurrent: 7,
    function: 7,
    during: after((database) => replaceRetention(database, { body: `begin drop table ${partitionName(0)}; end` })),
  },
  'its function is missing': {
    concurrent: 0,
    function: 5,
    during: after((database) => database.query(`drop function ${DROP_OLD}(int, bool)`)),
  },
  'the role may not execute its function': {
    concurrent: 0,
    function: 5,
    during: after((database) =>
      database.query(`revoke execute on function ${DROP_OLD}(int, bool) from hotlookup_maintenance`),
    ),
  },
  'its function hangs': {
    concurrent: 6,
    function: 6,
    during: whileHanging(replaceRetention, ['retention', '12', 'false']),
  },
  'the old partition is locked': {
    concurrent: 8,
    function: 8,
    during: whileHeld(`lock table ${OLD} in access exclusive mode`),
  },
  'the old partition is being vacuumed': {
    concurrent: 8,
    function: 8,
    during: whileHeld(`lock table ${OLD} in share update exclusive mode`),
  },
  'a report reads the whole table': {
    concurrent: 8,
    function: 8,
    during: (database, use) => whileReading(database, use),
  },
  'somebody has left a detach pending': {
    concurrent: 7,
    function: 0,
    during: after(async (database) => {
      await addMonths(database, -14, -14);
      await leavePending(database, -14);
    }),
  },
  'a run of it was killed between the two phases': {
    concurrent: 0,
    function: 0,
    during: after(killHalfway),
  },
  'a view depends on the old partition': {
    concurrent: 7,
    function: 7,
    during: after((database) =>
      database.connect((owner) => owner.query(`create view scanner.old as select from ${OLD}`), OWNER),
    ),
  },
  'a foreign key points to the table': {
    concurrent: 7,
    function: 7,
    during: after((database) =>
      database.connect(
        (owner) =>
          owner.query(`create table scanner.notes (build_id text, inserted_at timestamptz,
            foreign key (build_id, inserted_at) references ${PARENT})`),
        OWNER,
      ),
    ),
  },
  'too much would go': {
    concurrent: 7,
    function: 7,
    during: after((database) => addMonths(database, -40, -14)),
  },
  'its lock is held': {
    concurrent: 6,
    function: 6,
    during: whileHeld(advisory(lockKey(SET, 'retention'))),
  },
  'a person has called its function and not ended the transaction': {
    concurrent: 0,
    function: 0,
    during: whileHeld(`select ${DROP_OLD}(12, true)`),
  },
  'a comment only looks like its marker': {
    concurrent: 0,
    function: 0,
    during: after((database) =>
      database.connect((owner) => owner.query(`comment on table ${OLD} is 'hotlookup {"set": 1'`), OWNER),
    ),
  },
};

/** Ways in which ensure does not do its work, on a table with a partition that is due for retention. */
export const BROKEN_ENSURE: Readonly<Record<string, Breakage>> = {
  'its function raises': {
    concurrent: 7,
    function: 7,
    during: after((database) => replaceEnsure(database, { body: RAISE })),
  },
  'its function does nothing': {
    concurrent: 7,
    function: 7,
    during: after((database) => replaceEnsure(database, { body: 'begin end' })),
  },
  'its function creates a wrong bound': {
    concurrent: 7,
    function: 7,
    during: after((database) =>
      replaceEnsure(database, { body: `begin ${createSql(2, `${firstOfMonth(2).slice(0, 8)}15`)} end` }),
    ),
  },
  'its function is missing': {
    concurrent: 5,
    function: 5,
    during: after((database) => database.query(`drop function ${ENSURE}(int)`)),
  },
  'the role may not execute its function': {
    concurrent: 0,
    function: 5,
    during: after((database) => database.query(`revoke execute on function ${ENSURE}(int) from hotlookup_maintenance`)),
  },
  'its function hangs': { concurrent: 6, function: 6, during: whileHanging(replaceEnsure, ['ensure', '2']) },
  'its lock is held': { concurrent: 6, function: 6, during: whileHeld(advisory(lockKey(SET, 'ensure'))) },
  'a partition with a wrong bound stands in its way': {
    concurrent: 7,
    function: 7,
    during: after((database) =>
      database.connect((owner) => owner.query(createSql(2, `${firstOfMonth(2).slice(0, 8)}15`)), OWNER),
    ),
  },
  'a table has the name of the coming partition': {
    concurrent: 7,
    function: 7,
    during: after((database) => database.query(`create table ${partitionName(2)} (a int)`)),
  },
  'the current month and the next are gone, and it does nothing': {
    concurrent: 7,
    function: 7,
    during: after(async (database) => {
      await database.query(`drop table ${partitionName(0)}, ${partitionName(1)}`);
      await replaceEnsure(database, { body: 'begin end' });
    }),
  },
};
