import { AppError } from '../../errors.ts';
import { attachedRanges, type Catalog, readCatalog } from '../catalog/catalog.ts';
import { changedAnything, compare } from '../catalog/changes.ts';
import { missingMonths } from '../catalog/coverage.ts';
import { callSql, requireFunction, requireTable } from '../catalog/preconditions.ts';
import { catalogSql } from '../catalog/query.ts';
import type { EnsureCommand } from '../command/settings.ts';
import { explain, isContention, sqlState } from '../connection/server-error.ts';
import { callRoutine } from '../job/function-call.ts';
import type { Job, Outcome } from '../job/job.ts';
import { line, makeReport } from '../job/report.ts';
import { anotherRun, lockAdvice } from '../locking/advice.ts';
import { BUSY, inLockedTransaction } from '../locking/job-lock.ts';
import { lockKey } from '../locking/key.ts';
import { createLockRetry, type LockWaits } from '../locking/retry.ts';
import { readSnapshot } from '../locking/snapshot.ts';
import { discard, keep } from '../locking/transaction.ts';
import { type Month, monthName, startOfMonth } from '../shared/months.ts';
import { plainName, type QualifiedName } from '../shared/sql.ts';
import { pendingRefusal } from './pending.ts';
import { faultsOfEnsure, wantedMonths } from './plan.ts';

/** The catalog at the start and at the end of what was tried, and why it was not kept, if it was not. */
type Attempt = {
  readonly wanted: readonly Month[];
  readonly before: Catalog;
  readonly after: Catalog;
  readonly fault: string | undefined;
};

/** Makes the function create the partitions of the current month and the wanted months after it. */
export async function ensure(job: Job, command: EnsureCommand): Promise<Outcome> {
  const { host, settings, notes } = job;
  const { set, table, lockWaitMs } = settings;
  let isFirst = true;
  const last = await createLockRetry(
    host,
    lockWaitMs,
    lockAdvice(table),
    notes.waits,
  )(async () => {
    const tried = await attempt(job, command);
    if (tried === BUSY && isFirst) throw anotherRun(set, 'ensure');
    isFirst = false;
    return tried === BUSY ? undefined : tried;
  });
  const after = missingMonths(last.after.partitions, last.wanted).length > 0 ? await lookAgain(job) : last.after;
  return conclude(set, table, command, last.fault === undefined ? { ...last, after } : last, notes.waits);
}

/** One call, kept if it did what was asked for; undefined if another session was at the same months. */
async function attempt(job: Job, command: EnsureCommand): Promise<Attempt | typeof BUSY | undefined> {
  const { host, settings, connection, notes } = job;
  const { set, table, lockTimeoutMs } = settings;
  const look = catalogSql(table, command.function, 'no sizes');
  let begun: Pick<Attempt, 'wanted' | 'before'> | undefined;
  try {
    const key = lockKey(set, 'ensure');
    const tried = await inLockedTransaction<Attempt>(
      connection,
      key,
      { lockTimeoutMs },
      [look],
      async (transaction, [seen]) => {
        const before = readCatalog(seen);
        requireTable(before, table);
        notes.seen = before;
        const wanted = wantedMonths(before.now, host.now(), command.monthsAhead);
        const routine = requireFunction(before, command.function, 'integer');
        begun = { wanted, before };
        const call = callSql(command.function, routine, [`${wanted.length - 1}`]);
        const { after } = await callRoutine(transaction, call, look);
        const faults = faultsOfEnsure(compare(before.partitions, after.partitions), wanted);
        if (faults.length > 0) return discard({ wanted, before, after: before, fault: faults.join('; ') });
        return keep({ wanted, before, after, fault: undefined });
      },
    );
    if (tried !== BUSY && tried.fault === undefined) {
      notes.seen = tried.after;
      notes.created = compare(tried.before.partitions, tried.after.partitions).added.length;
    }
    return tried;
  } catch (error) {
    if (!begun || isContention(error) || sqlState(error) === undefined) throw error;
    // Two sessions may create the same month; the one that comes second fails or sees nothing of it in its snapshot.
    const { partitions } = await lookAgain(job);
    if (changedAnything(compare(begun.before.partitions, partitions))) return undefined;
    throw (
      pendingRefusal(table, begun.before.partitions, begun.wanted, error) ??
      explain(error, `the call of ${plainName(command.function)}`)
    );
  }
}

/** The catalog with all that others have committed. */
async function lookAgain({ connection, settings: { table, lockTimeoutMs } }: Job): Promise<Catalog> {
  const [seen] = await readSnapshot(connection, lockTimeoutMs, catalogSql(table, undefined, 'no sizes'));
  return readCatalog(seen);
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
    settings: after.settings,
    missing,
    partitions: after.partitions,
    problems: failure ? [failure.message] : [],
  });
  return { report, failure };
}

function failureOf(routine: string, fault: string | undefined, missing: readonly Month[]): AppError | undefined {
  if (fault !== undefined)
    return new AppError('refused', `${routine} did what it should not, and it was rolled back: ${fault}`, {
      advice: 'Correct the function; nothing of this call was kept.',
    });
  if (missing.length > 0)
    return new AppError('refused', `${routine} left months without a partition: ${missing.map(monthName).join(', ')}`, {
      advice: 'Look at the function, and for tables that already have the names of these partitions.',
    });
  return undefined;
}
