import { FIRST_HELPER, startHelper } from '../jobs/helper.ts';
import { leavePending } from '../jobs/interrupted.ts';
import { addMonths, firstOfMonth, partitionName } from '../jobs/jobs.ts';
import { PARENT } from '../jobs/partitions.ts';
import { MAINTAINER, OWNER, withPlainRoles } from '../jobs/scanner.ts';
import type { Database } from '../postgres/database.ts';
import { setBack } from '../postgres/holding.ts';

/** How many months are kept, so that few partitions are copied for each fault. */
export const KEPT = 3;
const DUE = -KEPT - 1;

/** What a run is made to do, and on what. */
export type Scenario = {
  readonly role: string;
  readonly args: readonly string[];
  readonly options?: string;
  /** The oldest month that is written to all along, if not the oldest that is kept. */
  readonly oldestWritten?: number;
  /** The job that must go on working while this one is broken; it has something to do, too. */
  readonly other: readonly string[];
  /** Makes, of a database with this month and the `KEPT` before it, what the run is to find. */
  readonly arrange: (database: Database) => Promise<void>;
};

const RETAIN = ['retention', `${KEPT}`, 'false'];
const ENSURE_NEXT = ['ensure', '1'];
const GRACE = '--grace-days 3';

const asOwner = async (database: Database, sql: string) => {
  await database.connect((owner) => owner.query(sql), OWNER);
};

/** Payloads that the table points to: a partition's foreign keys are dropped on its way. */
const referToPayloads = (database: Database) =>
  asOwner(
    database,
    `create table scanner.payloads (digest text primary key); insert into scanner.payloads values ('digest');
    alter table ${PARENT} add foreign key (payload_digest) references scanner.payloads`,
  );

const inGrace = (offset: number) => partitionName(offset).replace('scanner.', 'hotlookup_grace.');

/** Moves everything that is due to grace, and one month more. */
async function holdTooMuch(database: Database): Promise<void> {
  const held = await startHelper(database, { args: ['retention', `${KEPT - 1}`, 'false'], options: GRACE });
  if (held.exitCode !== 0) throw new Error(`nothing was moved to grace: ${held.stderr}`);
}

/** Two tables in grace, of which one was attached again by hand, and names in the holding schema that the next table wants. */
async function leaveInGrace(database: Database): Promise<void> {
  await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
  await addMonths(database, DUE - 1, DUE - 1, 3);
  await holdTooMuch(database);
  await setBack(database, 3);
  await asOwner(
    database,
    `alter table ${PARENT} attach partition ${inGrace(-KEPT)} for values
      from ('${firstOfMonth(-KEPT)} 00:00+00') to ('${firstOfMonth(1 - KEPT)} 00:00+00');
    create view ${inGrace(DUE)} as select 1 as one; create sequence ${inGrace(DUE)}_pkey`,
  );
}

/** Months that are due, of a table with foreign keys. */
async function becomeDue(database: Database, first = DUE): Promise<void> {
  await referToPayloads(database);
  await addMonths(database, first, DUE, 3);
}

const RETENTION = { role: OWNER, args: RETAIN, other: ENSURE_NEXT };
const RESTORE = { role: OWNER, oldestWritten: 1 - KEPT, other: ENSURE_NEXT };
const RESTORED_MONTH = firstOfMonth(-KEPT).slice(0, 7);

const ALL_SCENARIOS = {
  ensure: {
    role: MAINTAINER,
    args: ['ensure', '2'],
    other: RETAIN,
    arrange: becomeDue,
  },
  'retention by the function': {
    ...RETENTION,
    role: MAINTAINER,
    arrange: (database) => becomeDue(database, DUE - 1),
  },
  'concurrent retention': {
    ...RETENTION,
    arrange: async (database) => {
      await becomeDue(database);
      await database.query(`comment on table ${partitionName(DUE)} is 'It''s mine'`);
    },
  },
  'concurrent retention after one that was stopped in a detach': {
    ...RETENTION,
    arrange: async (database) => {
      await becomeDue(database);
      await leavePending(database, RETAIN);
    },
  },
  'the beginning of grace': {
    ...RETENTION,
    options: GRACE,
    arrange: becomeDue,
  },
  'the end of grace, and the beginning of another with names that are taken': {
    ...RETENTION,
    options: GRACE,
    arrange: async (database) => {
      await leaveInGrace(database);
      await addMonths(database, DUE, DUE, 3);
    },
  },
  'what the helper of 0.1.0 has left, in grace and pending': {
    ...RETENTION,
    options: GRACE,
    arrange: async (database) => {
      // It cannot bear what the roles bring along; copies of this database do not have this.
      await withPlainRoles(database);
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await becomeDue(database);
      const { exitCode, stderr } = await startHelper(database, { args: RETAIN, options: GRACE, bundle: FIRST_HELPER });
      if (exitCode !== 0) throw new Error(`nothing was moved to grace: ${stderr}`);
      await addMonths(database, DUE - 1, DUE - 1, 3);
      await leavePending(database, RETAIN, FIRST_HELPER);
    },
  },
  'restore of what is in grace': {
    ...RESTORE,
    args: ['restore', RESTORED_MONTH],
    options: GRACE,
    arrange: async (database) => {
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await referToPayloads(database);
      await holdTooMuch(database);
      await asOwner(
        database,
        `do $$ declare index regclass; begin
          select indexrelid into index from pg_index where indrelid = '${inGrace(-KEPT)}'::regclass and indpred is not null;
          execute 'drop index ' || index; end $$`,
      );
    },
  },
  'restore of what a backup brought back': {
    ...RESTORE,
    args: ['restore', RESTORED_MONTH, '--from-table', 'scanner.brought_back'],
    arrange: async (database) => {
      await referToPayloads(database);
      await asOwner(
        database,
        `create table scanner.brought_back (like ${PARENT} including all);
        alter table scanner.brought_back drop constraint brought_back_pkey;
        insert into scanner.brought_back select * from ${partitionName(-KEPT)}; drop table ${partitionName(-KEPT)}`,
      );
    },
  },
} satisfies Record<string, Scenario>;

export type ScenarioName = keyof typeof ALL_SCENARIOS;

export const SCENARIOS: Readonly<Record<ScenarioName, Scenario>> = ALL_SCENARIOS;

export const SCENARIO_NAMES = Object.keys(SCENARIOS) as ScenarioName[];
