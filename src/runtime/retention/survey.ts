import { type Catalog, candidates, type Partition, readCatalog } from '../catalog/catalog.ts';
import { changedAnything, compare } from '../catalog/changes.ts';
import { idleObjection } from '../catalog/idle.ts';
import { detachedPartitions, type MarkedTable, markedTablesSql, readMarkedTables } from '../catalog/marked-tables.ts';
import { callSql, findFunction, requireFunction, requireTable } from '../catalog/preconditions.ts';
import { catalogSql } from '../catalog/query.ts';
import type { RetentionCommand, Settings } from '../command/settings.ts';
import type { Connection } from '../connection/connection.ts';
import { explain, isContention } from '../connection/server-error.ts';
import type { Action } from '../job/action.ts';
import { callRoutine } from '../job/function-call.ts';
import type { Job } from '../job/job.ts';
import type { Strategy } from '../job/report.ts';
import { type BUSY, type HeldLock, inLockedTransaction } from '../locking/job-lock.ts';
import { inTransaction, type Transaction } from '../locking/transaction.ts';
import { jsonOf } from '../shared/answer.ts';
import { cutoffOf } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { conditionsSql, type DetachConditions, readConditions } from './concurrent/conditions.ts';
import { type Details, detailsSql } from './details.ts';
import { disagreements } from './function-dry-run.ts';
import { faultsOfRetention } from './plan.ts';
import { functionChangedInDryRun } from './refusals.ts';
import { chooseStrategy } from './strategy.ts';

/** What retention finds before it does anything. */
export type Survey = {
  readonly catalog: Catalog;
  readonly conditions: DetachConditions;
  readonly strategy: Strategy;
  /** All tables that bear this set's marker. */
  readonly marked: readonly MarkedTable[];
  /** First instant that is kept, in milliseconds since the epoch. */
  readonly cutoff: number;
  /** The partitions that are due, oldest first. */
  readonly planned: readonly Partition[];
  /** What hangs on the tables that are due or marked. */
  readonly details: Details;
  /** Why the clocks are not to be trusted, a sentence's end; undefined if they are, and for a table that is idle on purpose. */
  readonly idle: string | undefined;
  /** What asks the function for its dry run, where a run asks it. */
  readonly ask: Action | undefined;
  /** Where its answer and the contract part, each a sentence's end. */
  readonly disagreements: readonly string[];
  /** Others were in its way in a dry run, which waits for nobody. */
  readonly isAskBlocked: boolean;
};

const ARGUMENTS = 'integer, boolean';
const NO_DETAILS: Details = { tables: [], holding: { exists: false, isUsable: false, isCreatable: false, names: [] } };

/** Whether the role may mark, detach and drop, and keep a lock between transactions. */
export const mayDetach = ({ isDirect, isOwner }: DetachConditions): boolean => isDirect && isOwner;

/** What the run's transactions are begun with. */
export type RetentionLock = {
  readonly key: string;
  /** Undefined through a pooler, and in a dry run. */
  readonly sessionLock: HeldLock | undefined;
};

/**
 * A transaction of the function strategy. Through a pooler each takes the advisory lock for itself.
 */
export async function inRetentionTransaction<Result>(
  connection: Connection,
  { lockTimeoutMs }: Pick<Settings, 'lockTimeoutMs'>,
  { key, sessionLock }: RetentionLock,
  opening: readonly string[],
  body: Parameters<typeof inTransaction<Result>>[3],
): Promise<Result | typeof BUSY> {
  if (!sessionLock) return inLockedTransaction(connection, key, { lockTimeoutMs }, opening, body);
  return inTransaction(connection, { isolation: 'REPEATABLE READ', lockTimeoutMs }, opening, body);
}

/** What one look at the partition set reads. */
export const lookSql = ({ table }: Settings, { function: routine }: RetentionCommand): string =>
  catalogSql(table, routine, 'sizes');

/** Everything in one snapshot, in a transaction that changes nothing: it is the caller's to begin. */
export async function survey(
  transaction: Transaction,
  opened: Parameters<Parameters<typeof inTransaction>[3]>[1],
  { settings, connection }: Job,
  command: RetentionCommand,
): Promise<Survey> {
  const catalog = readCatalog(opened[0]);
  requireTable(catalog, settings.table);
  const cutoff = cutoffOf(catalog.now, command.keepMonths);
  const conditions = readConditions(opened[1], catalog, cutoff, connection.server.processId);
  const marked = readMarkedTables(opened[2], settings.set);
  const strategy = chooseStrategy(command.strategy, command.graceDays, conditions);
  const planned = candidates(catalog.partitions, cutoff);
  if (strategy.chosen === 'function') requireFunction(catalog, command.function, ARGUMENTS);
  const oids = mayDetach(conditions) ? [...planned, ...marked].map(({ oid }) => oid) : [];
  const details =
    oids.length === 0 ? NO_DETAILS : jsonOf<Details>((await transaction.send(detailsSql(oids)))[0], 'details');
  const contents = [...catalog.partitions, ...detachedPartitions(marked, settings.table)];
  const idle = command.idle ? undefined : idleObjection(contents, catalog.now);
  const found = { catalog, conditions, strategy, marked, cutoff, planned, details, idle };
  return { ...found, ...(await ask(transaction, settings, command, found)) };
}

/** The statements whose results `survey` reads, in their order. */
export const surveySql = (settings: Settings, command: RetentionCommand): string[] => [
  lookSql(settings, command),
  conditionsSql(settings.table),
  markedTablesSql,
];

/** What only stands in the way of concurrent detaches. */
export function concurrentObjections({ catalog, conditions, marked, planned }: Survey): string[] {
  if (planned.length === 0) return [];
  const ours = new Set(marked.map(({ oid }) => oid));
  const pending = catalog.partitions.find((partition) => partition.pending && !ours.has(partition.oid));
  return [
    ...(conditions.references.length > 0
      ? [
          `foreign keys point to the table: ${conditions.references.map(({ constraint, from, to }) => `${constraint} (${from} to ${to})`).join(', ')}`,
        ]
      : []),
    ...(pending
      ? [`somebody else's detach of ${plainName(pending)} is pending, and PostgreSQL allows one at a time`]
      : []),
  ];
}

type Asked = Pick<Survey, 'ask' | 'disagreements' | 'isAskBlocked'>;

const NOT_ASKED: Asked = { ask: undefined, disagreements: [], isAskBlocked: false };

/**
 * Calls the function as a dry run, where something is due: that is what a dry run of it is, and what is done in its stead must
 * agree with its answer. It must leave everything as it is, and the transaction is rolled back in any case.
 */
async function ask(
  transaction: Transaction,
  settings: Settings,
  command: RetentionCommand,
  { catalog, planned, cutoff, strategy }: Omit<Survey, keyof Asked>,
): Promise<Asked> {
  const routine = findFunction(catalog, ARGUMENTS);
  const isStandIn = strategy.chosen === 'concurrent';
  // Where the function itself is to be called for real, only a dry run asks it.
  if (!routine || planned.length === 0 || !(isStandIn || command.dryRun)) return NOT_ASKED;
  const call = callSql(command.function, routine, [`${command.keepMonths}`, 'true']);
  const action: Action = {
    kind: 'ask',
    partitions: [],
    why: 'asks the function for its dry run, and takes back whatever it did',
    statements: [call],
    lock: 'the function decides',
    followUps: [],
    endsAs: null,
  };
  try {
    if (command.dryRun) await transaction.send('SAVEPOINT hotlookup_ask');
    const { rows, after } = await callRoutine(transaction, call, lookSql(settings, command));
    const changes = compare(catalog.partitions, after.partitions);
    if (!changedAnything(changes)) {
      if (!isStandIn) return NOT_ASKED;
      return { ...NOT_ASKED, ask: action, disagreements: disagreements(rows, catalog.partitions, planned, cutoff) };
    }
    throw functionChangedInDryRun(command.function, faultsOfRetention(changes, []));
  } catch (error) {
    if (!isContention(error)) throw explain(error, `the call of ${plainName(command.function)}`);
    if (!command.dryRun) throw error;
    await transaction.send('ROLLBACK TO hotlookup_ask');
    return { ask: isStandIn ? action : undefined, disagreements: [], isAskBlocked: true };
  }
}
