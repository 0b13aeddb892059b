import { type Catalog, oidsOf, type Partition, readCatalog } from '../catalog/catalog.ts';
import { changedAnything, compare } from '../catalog/changes.ts';
import { existingSql, goneBetween } from '../catalog/existing.ts';
import { isSevered } from '../connection/errors.ts';
import { explain, isContention } from '../connection/server-error.ts';
import type { Action } from '../job/action.ts';
import { callRoutine } from '../job/function-call.ts';
import { UNKNOWN } from '../job/outcomes.ts';
import { BUSY } from '../locking/job-lock.ts';
import { discard, keep, type Transaction } from '../locking/transaction.ts';
import { monthOf } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { count } from '../shared/words.ts';
import { dueBecause } from './facts.ts';
import { faultsOfRetention } from './plan.ts';
import { clockJumped, functionLeft, functionMisbehaved } from './refusals.ts';
import type { RetentionRun } from './run.ts';
import { inRetentionTransaction, lookSql, type RetentionLock, type Survey } from './survey.ts';

/**
 * Makes the calls of the list, each in a transaction of its own, which is committed if nothing went but what the call was for.
 * What was done is noted in the run's outcomes, whatever comes after.
 * @throws AppError with exit code 7 if the function did anything else, or less.
 */
export async function makeCalls(
  run: RetentionRun,
  lock: RetentionLock,
  { planned, cutoff, catalog }: Survey,
  calls: readonly Action[],
): Promise<void> {
  const { outcomes } = run;
  const reason = dueBecause(cutoff);
  let last: Catalog | undefined;
  for (const call of calls) {
    const names = new Set(call.partitions);
    const members = planned.filter((partition) => names.has(plainName(partition)));
    try {
      const step = await makeCall(run, lock, call, catalog.now, [...members, ...earlier(planned, members)]);
      for (const { oid } of step.dropped) outcomes.set(oid, { action: 'dropped', reason });
      for (const { oid } of step.detached)
        outcomes.set(oid, { action: 'detached', reason: `${reason}; its table is still there` });
      last = step.after;
    } catch (error) {
      if (isSevered(error)) for (const { oid } of members) if (!outcomes.has(oid)) outcomes.set(oid, UNKNOWN);
      throw error;
    }
  }
  if (last) requireNoneLeft(run, planned, last);
}

/** What earlier calls were for: a later one may still take it. */
const earlier = (planned: readonly Partition[], members: readonly Partition[]) => {
  const newest = Math.max(...members.map(({ to }) => to));
  return planned.filter((partition) => partition.to <= newest && !members.includes(partition));
};

/** What a call took away, and the catalog after it. A function may detach a partition and leave its table to others. */
type Called = { readonly dropped: Partition[]; readonly detached: Partition[]; readonly after: Catalog };

async function makeCall(
  run: RetentionRun,
  lock: RetentionLock,
  call: Action,
  surveyedAt: number,
  members: readonly Partition[],
): Promise<Called> {
  const { connection, settings, command, retryLocked } = run;
  const look = lookSql(settings, command);
  return retryLocked(async () => {
    const opening = [look, existingSql(run.relations)];
    const called = await inRetentionTransaction<Called>(
      connection,
      settings,
      lock,
      opening,
      async (transaction, [seen, there]) => {
        const before = readCatalog(seen);
        const after = await callIn(run, transaction, statementFor(call, surveyedAt, before.now), look);
        const changes = compare(before.partitions, after.partitions);
        const faults = faultsOfRetention(changes, members);
        const [left] = await transaction.send(existingSql(run.relations));
        const gone = new Set(goneBetween(there, left));
        const others = [...gone].filter((oid) => !members.some((member) => member.oid === oid));
        if (others.length > 0) faults.push(`it dropped ${count(others.length, 'table')} beside, which was not planned`);
        if (faults.length > 0) throw functionMisbehaved(run.command.function, faults);
        const { removed } = changes;
        const result = {
          dropped: removed.filter(({ oid }) => gone.has(oid)),
          detached: removed.filter(({ oid }) => !gone.has(oid)),
          after,
        };
        return changedAnything(changes) ? keep(result) : discard(result);
      },
    );
    return called === BUSY ? undefined : called;
  });
}

/** `now` is that of the transaction, and so is the function's: where the month has turned since the survey, the number is one more. */
function statementFor({ statements, followUps }: Action, surveyedAt: number, now: number): string {
  const [statement] = monthOf(now) === monthOf(surveyedAt) ? statements : followUps;
  if (statement !== undefined && monthOf(now) - monthOf(surveyedAt) <= 1) return statement;
  throw clockJumped();
}

async function callIn(
  { command }: RetentionRun,
  transaction: Transaction,
  call: string,
  look: string,
): Promise<Catalog> {
  try {
    return (await callRoutine(transaction, call, look)).after;
  } catch (error) {
    throw isContention(error) ? error : explain(error, `the call of ${plainName(command.function)}`);
  }
}

function requireNoneLeft({ command, undone }: RetentionRun, planned: readonly Partition[], last: Catalog): void {
  const oids = oidsOf(last.partitions);
  const left = planned.filter(({ oid }) => oids.has(oid));
  if (left.length === 0) return;
  for (const { oid } of left) undone.set(oid, `${plainName(command.function)} did not drop it`);
  throw functionLeft(command.function, left);
}
