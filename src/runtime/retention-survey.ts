import { AppError, EXIT } from '../errors.ts';
import type { Catalog, Partition } from './catalog.ts';
import { changedAnything, compare } from './changes.ts';
import { type Ground, groundSql, readGround } from './concurrent-ground.ts';
import { disagreements } from './function-dry-run.ts';
import type { Job } from './job.ts';
import { type MarkedTable, markedTablesSql, readMarkedTables } from './marked-tables.ts';
import { cutoffOf } from './months.ts';
import { callSql, findFunction, requireFunction, requireTable } from './preconditions.ts';
import { candidates, faultsOfRetention, objections } from './retention-plan.ts';
import { explain, isContention } from './server-error.ts';
import type { RetentionCommand } from './settings.ts';
import { plainName } from './sql.ts';
import { chooseStrategy, type Strategy } from './strategy.ts';
import type { Transactions } from './transactions.ts';

/** What retention finds before it does anything. */
export type Survey = {
  readonly catalog: Catalog;
  readonly ground: Ground;
  readonly strategy: Strategy;
  /** All tables that bear this set's marker. */
  readonly marked: readonly MarkedTable[];
  /** First instant that is kept, in milliseconds since the epoch. */
  readonly cutoff: number;
  readonly planned: readonly Partition[];
  /** Why nothing of it may be dropped, each a sentence's end. */
  readonly against: readonly string[];
};

const ARGUMENTS = 'integer, boolean';

/** Whether the role may mark, detach and drop, and keep a lock between transactions. */
export const mayDetach = ({ isDirect, isOwner }: Ground): boolean => isDirect && isOwner;

/**
 * Looks at everything in one snapshot, under the job's lock; undefined if another run holds that. Only where the function is
 * to be called for real is the transaction still open afterwards. Where tables may be marked and detached, the session keeps
 * the lock.
 * @throws AppError with exit code 5 or 7.
 */
export async function survey(
  transactions: Transactions,
  job: Job,
  command: RetentionCommand,
): Promise<Survey | undefined> {
  const { host, settings, connection } = job;
  const catalog = await transactions.begin();
  if (!catalog) return undefined;
  requireTable(catalog, settings.table);
  const [ground, marked] = (await transactions.read([groundSql(settings.table), markedTablesSql])).map(
    ({ rows }) => rows[0],
  );
  const cutoff = cutoffOf(catalog.now, command.keepMonths);
  const found = readGround(ground?.['ground'] ?? '', catalog, cutoff, connection.server.processId);
  if (mayDetach(found) && !command.dryRun) await transactions.keep();
  const strategy = chooseStrategy(command.strategy, command.graceDays, found);
  const planned = candidates(catalog.partitions, cutoff);
  if (strategy.chosen === 'function') requireFunction(catalog, command.function, ARGUMENTS);
  const surveyed = {
    catalog,
    ground: found,
    strategy,
    marked: readMarkedTables(marked?.['marked'] ?? '[]', settings.set),
    cutoff,
    planned,
  };
  const against = [
    ...objections({ ...command, partitions: catalog.partitions, now: catalog.now, hostNow: host.now() }),
    ...(strategy.chosen === 'concurrent' ? concurrentObjections(surveyed) : []),
    ...(await rehearse(transactions, command, surveyed)),
  ];
  if (command.dryRun || strategy.chosen === 'concurrent') await transactions.rollback();
  return { ...surveyed, against };
}

/** What only stands in the way of concurrent detaches. */
function concurrentObjections({ catalog, ground, marked, planned }: Omit<Survey, 'against'>): string[] {
  if (planned.length === 0) return [];
  const ours = new Set(marked.map(({ oid }) => oid));
  const pending = catalog.partitions.find((partition) => partition.pending && !ours.has(partition.oid));
  return [
    ...(ground.references.length > 0
      ? [
          `foreign keys point to the table: ${ground.references.map(({ constraint, from, to }) => `${constraint} (${from} to ${to})`).join(', ')}`,
        ]
      : []),
    ...(pending
      ? [`somebody else's detach of ${plainName(pending)} is pending, and PostgreSQL allows one at a time`]
      : []),
  ];
}

/**
 * Calls the function as a dry run, where that is what the run is, or where it can tell whether the function would do what is
 * done in its stead. It must leave everything as it is, and is rolled back in any case.
 */
async function rehearse(
  transactions: Transactions,
  command: RetentionCommand,
  { catalog, strategy, planned, cutoff }: Omit<Survey, 'against'>,
): Promise<string[]> {
  const isStandIn = strategy.chosen === 'concurrent';
  const routine = findFunction(catalog, ARGUMENTS);
  if (!routine || (!command.dryRun && !(isStandIn && planned.length > 0))) return [];
  const call = callSql(command.function, routine, [`${command.keepMonths}`, 'true']);
  const { rows, after } = await transactions.callForRows(call).catch((error: unknown) => {
    throw isContention(error) ? error : explain(error, `the call of ${plainName(command.function)}`);
  });
  const changes = compare(catalog.partitions, after.partitions);
  if (!changedAnything(changes)) return isStandIn ? disagreements(rows, catalog.partitions, planned, cutoff) : [];
  await transactions.rollback();
  const faults = faultsOfRetention(changes, []).join('; ');
  throw new AppError(EXIT.refused, `${plainName(command.function)} changed something in a dry run: ${faults}`, {
    advice: 'It was rolled back. Correct the function before it runs for real.',
  });
}
