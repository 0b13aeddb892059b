import { AppError, EXIT } from '../errors.ts';
import { attachedRanges, type Catalog } from './catalog.ts';
import { changedAnything, compare } from './changes.ts';
import { missingMonths } from './coverage.ts';
import { pendingRefusal } from './ensure-pending.ts';
import { faultsOfEnsure, wantedMonths } from './ensure-plan.ts';
import type { Job, Outcome } from './job.ts';
import { type LockWaits, lockBudget } from './lock-budget.ts';
import { lockKey } from './lock-key.ts';
import { anotherRun, lockAdvice } from './locks.ts';
import { type Month, monthName, startOfMonth } from './months.ts';
import type { Notes } from './notes.ts';
import { callSql, requireFunction, requireTable } from './preconditions.ts';
import { line, makeReport } from './report.ts';
import { explain, isContention, sqlState } from './server-error.ts';
import type { EnsureCommand } from './settings.ts';
import { plainName, type QualifiedName } from './sql.ts';
import { openTransactions, type Transactions } from './transactions.ts';

/** The catalog at the start and at the end of what was tried, and why it was not kept, if it was not. */
type Attempt = {
  readonly wanted: readonly Month[];
  readonly before: Catalog;
  readonly after: Catalog;
  readonly fault: string | undefined;
};

/** Makes the function create the partitions of the current month and the wanted months after it. */
export async function ensure({ host, settings, connection, notes }: Job, command: EnsureCommand): Promise<Outcome> {
  const { set, table, lockTimeoutMs, lockWaitMs } = settings;
  const transactions = openTransactions(connection, {
    table,
    routine: command.function,
    key: lockKey(set, 'ensure'),
    lockTimeoutMs,
    measured: 'no sizes',
  });
  let isFirst = true;
  const last = await lockBudget(
    host,
    lockWaitMs,
    lockAdvice(table),
    notes.waits,
  )(async () => {
    const catalog = await transactions.begin();
    if (!catalog && isFirst) throw anotherRun(set, 'ensure');
    isFirst = false;
    if (!catalog) return undefined;
    requireTable(catalog, table);
    notes.seen = catalog;
    const wanted = wantedMonths(catalog.now, host.now(), command.monthsAhead);
    return attempt(transactions, table, command, catalog, wanted, notes);
  });
  return conclude(settings.set, table, command, last, notes.waits);
}

/** One call, kept if it did what was asked for; undefined if another session was at the same months. */
async function attempt(
  transactions: Transactions,
  table: QualifiedName,
  command: EnsureCommand,
  before: Catalog,
  wanted: readonly Month[],
  notes: Notes,
): Promise<Attempt | undefined> {
  const routine = requireFunction(before, command.function, 'integer');
  let after: Catalog;
  try {
    after = await transactions.call(callSql(command.function, routine, [`${wanted.length - 1}`]));
  } catch (error) {
    if (isContention(error) || sqlState(error) === undefined) throw error;
    // Two sessions may create the same month; the one that comes second fails or sees nothing of it in its snapshot.
    if (changedAnything(compare(before.partitions, (await transactions.lookAgain()).partitions))) return undefined;
    throw (
      pendingRefusal(table, before.partitions, wanted, error) ??
      explain(error, `the call of ${plainName(command.function)}`)
    );
  }
  const faults = faultsOfEnsure(compare(before.partitions, after.partitions), wanted);
  if (faults.length > 0) {
    await transactions.rollback();
    return { wanted, before, after: before, fault: faults.join('; ') };
  }
  await transactions.commit();
  notes.seen = after;
  notes.created = compare(before.partitions, after.partitions).added.length;
  if (missingMonths(after.partitions, wanted).length > 0)
    return { wanted, before, after: await transactions.lookAgain(), fault: undefined };
  return { wanted, before, after, fault: undefined };
}

function conclude(
  set: string,
  table: QualifiedName,
  command: EnsureCommand,
  { wanted, before, after, fault }: Attempt,
  waits: LockWaits,
): Outcome {
  const missing = missingMonths(after.partitions, wanted);
  const pending = fault === undefined ? pendingRefusal(table, after.partitions, missing) : undefined;
  const failure = pending ?? failureOf(plainName(command.function), fault, missing);
  const { added } = compare(before.partitions, after.partitions);
  const [first, last] = [wanted[0] ?? 0, wanted.at(-1) ?? 0];
  const inWindow = attachedRanges(after.partitions).filter(
    ({ from, to }) => to > startOfMonth(first) && from < startOfMonth(last + 1),
  );
  const report = makeReport({
    job: 'ensure',
    set,
    table: plainName(table),
    dryRun: false,
    now: after.now,
    cutoff: undefined,
    lines: inWindow.map((range) =>
      added.includes(range) ? line(range, 'created', 'was missing') : line(range, 'kept', 'was there already'),
    ),
    lockWaits: waits.count,
    missing,
    partitions: after.partitions,
    problems: failure ? [failure.message] : [],
  });
  return { report, failure };
}

function failureOf(routine: string, fault: string | undefined, missing: readonly Month[]): AppError | undefined {
  if (fault !== undefined)
    return new AppError(EXIT.refused, `${routine} did what it should not, and it was rolled back: ${fault}`, {
      advice: 'Correct the function; nothing of this call was kept.',
    });
  if (missing.length > 0)
    return new AppError(
      EXIT.refused,
      `${routine} left months without a partition: ${missing.map(monthName).join(', ')}`,
      {
        advice: 'Look at the function, and for tables that already have the names of these partitions.',
      },
    );
  return undefined;
}
