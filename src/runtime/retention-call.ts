import { AppError, EXIT } from '../errors.ts';
import { type Catalog, oidsOf, type Partition } from './catalog.ts';
import { changedAnything, compare } from './changes.ts';
import type { Patiently } from './lock-budget.ts';
import { type Month, monthOf } from './months.ts';
import { callSql, requireFunction } from './preconditions.ts';
import { faultsOfRetention, membersOf, steps } from './retention-plan.ts';
import { leftovers } from './retention-report.ts';
import { explain, isContention } from './server-error.ts';
import type { RetentionCommand } from './settings.ts';
import { plainName } from './sql.ts';
import type { Transactions } from './transactions.ts';

/** Calls the function in the open transaction and gives the catalog as it is after that. */
async function callRetention(
  transactions: Transactions,
  command: RetentionCommand,
  catalog: Catalog,
  keepMonths: number,
): Promise<Catalog> {
  const routine = requireFunction(catalog, command.function, 'integer, boolean');
  try {
    return await transactions.call(callSql(command.function, routine, [`${keepMonths}`, `${command.dryRun}`]));
  } catch (error) {
    if (isContention(error)) throw error;
    throw explain(error, `the call of ${plainName(command.function)}`);
  }
}

type Dropped = Omit<Step, 'after'> & { readonly last: Catalog; readonly failure: AppError | undefined };

/** The first step runs in the transaction that `first` was read in, so that no other run comes between. */
export async function dropAll(
  transactions: Transactions,
  patiently: Patiently,
  command: RetentionCommand,
  first: Catalog,
  planned: readonly Partition[],
): Promise<Dropped> {
  const dropped: Partition[] = [];
  const detached: Partition[] = [];
  let last = first;
  let open: Catalog | undefined = first;
  try {
    for (const firstKept of steps(planned, first.now)) {
      const step = await patiently(async () => {
        const current = open ?? (await transactions.begin());
        open = undefined;
        return current && dropStep(transactions, command, current, firstKept, planned);
      });
      dropped.push(...step.dropped);
      detached.push(...step.detached);
      last = step.after;
    }
  } catch (error) {
    // What was committed stays dropped, and the report must say so whatever came after.
    const failure = explain(error, 'the query');
    if (failure instanceof AppError) return { dropped, detached, last, failure };
    throw error;
  }
  return { dropped, detached, last, failure: leftovers(command, planned, last) };
}

/** What a step took away, and the catalog after it. A function may detach a partition and leave its table to others. */
type Step = { readonly dropped: Partition[]; readonly detached: Partition[]; readonly after: Catalog };

/**
 * Drops what ends before the month `firstKept` and was planned, and commits it in the transaction that `before` was read in.
 * @throws AppError with exit code 7, after a rollback, if the function did anything else.
 */
async function dropStep(
  transactions: Transactions,
  command: RetentionCommand,
  before: Catalog,
  firstKept: Month,
  planned: readonly Partition[],
): Promise<Step> {
  const oids = oidsOf(planned);
  const members = membersOf(before.partitions, firstKept).filter(({ oid }) => oids.has(oid));
  // `now` is that of this transaction, and so is the function's: the turn of a month between two steps changes nothing.
  const after = await callRetention(transactions, command, before, monthOf(before.now) - firstKept);
  const changes = compare(before.partitions, after.partitions);
  const faults = faultsOfRetention(changes, members);
  if (faults.length > 0) {
    await transactions.rollback();
    throw new AppError(
      EXIT.refused,
      `${plainName(command.function)} did what it should not, and it was rolled back: ${faults.join('; ')}`,
      { advice: 'Correct the function before the next run.' },
    );
  }
  const left = await transactions.existing(changes.removed.map(({ oid }) => oid));
  if (changedAnything(changes)) await transactions.commit();
  else await transactions.rollback();
  return {
    dropped: changes.removed.filter(({ oid }) => !left.has(oid)),
    detached: changes.removed.filter(({ oid }) => left.has(oid)),
    after,
  };
}
