import { AppError, EXIT } from '../errors.ts';
import type { Catalog, Partition } from './catalog.ts';
import { changedAnything, compare } from './changes.ts';
import type { Job, Outcome } from './job.ts';
import { lockBudget, type Patiently } from './lock-budget.ts';
import { lockKey } from './lock-key.ts';
import { anotherRun, lockAdvice } from './locks.ts';
import { cutoffOf } from './months.ts';
import { requireFunction, requireTable } from './preconditions.ts';
import { callRetention, dropStep, type Step } from './retention-call.ts';
import { candidates, faultsOfRetention, objections, steps } from './retention-plan.ts';
import { leftovers, refusal, retentionReport } from './retention-report.ts';
import { explain } from './server-error.ts';
import type { RetentionCommand } from './settings.ts';
import { plainName } from './sql.ts';
import { openTransactions, type Transactions } from './transactions.ts';

/** Makes the function drop what lies beyond the cutoff, or shows what it would drop. */
export async function retention({ host, settings, connection }: Job, command: RetentionCommand): Promise<Outcome> {
  const { set, table, lockTimeoutMs, lockWaitMs } = settings;
  const key = lockKey(set, 'retention');
  const transactions = openTransactions(connection, {
    table,
    routine: command.function,
    key,
    lockTimeoutMs,
    measured: 'sizes',
  });
  const patiently = lockBudget(host, lockWaitMs, lockAdvice(table));
  let isFirst = true;
  const first = await patiently(async () => {
    const catalog = await transactions.begin();
    if (!catalog && isFirst) throw anotherRun(set, 'retention');
    isFirst = false;
    if (!catalog) return undefined;
    requireTable(catalog, table);
    requireFunction(catalog, command.function, 'integer, boolean');
    if (command.dryRun) await rehearse(transactions, command, catalog);
    return catalog;
  });

  const planned = candidates(first.partitions, cutoffOf(first.now, command.keepMonths));
  const against = objections({ ...command, partitions: first.partitions, now: first.now, hostNow: host.now() });
  const report = { set, table: plainName(table), command, first, planned, dropped: [], detached: [], last: first };
  if (command.dryRun) return retentionReport({ ...report, against, failure: undefined });
  if (planned.length === 0 || against.length > 0) {
    await transactions.rollback();
    const failure = against.length > 0 ? refusal(against, planned.length) : undefined;
    return retentionReport({ ...report, against, failure });
  }
  return retentionReport({ ...report, against, ...(await dropAll(transactions, patiently, command, first, planned)) });
}

/** Calls the function as a dry run: it must leave everything as it is, and is rolled back in any case. */
async function rehearse(transactions: Transactions, command: RetentionCommand, before: Catalog): Promise<void> {
  const after = await callRetention(transactions, command, before, command.keepMonths);
  await transactions.rollback();
  const changes = compare(before.partitions, after.partitions);
  if (!changedAnything(changes)) return;
  const faults = faultsOfRetention(changes, []).join('; ');
  throw new AppError(EXIT.refused, `${plainName(command.function)} changed something in a dry run: ${faults}`, {
    advice: 'It was rolled back. Correct the function before it runs for real.',
  });
}

type Dropped = Omit<Step, 'after'> & { readonly last: Catalog; readonly failure: AppError | undefined };

/** The first step runs in the transaction that `first` was read in, so that no other run comes between. */
async function dropAll(
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
