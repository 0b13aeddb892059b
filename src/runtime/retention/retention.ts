import { AppError } from '../../errors.ts';
import { type Catalog, readCatalog } from '../catalog/catalog.ts';
import type { RetentionCommand } from '../command/settings.ts';
import { isSevered } from '../connection/errors.ts';
import { explain } from '../connection/server-error.ts';
import { statementsOf } from '../job/action.ts';
import type { Job, Outcome } from '../job/job.ts';
import { noteStart } from '../job/notes.ts';
import type { Plan } from '../job/report.ts';
import { anotherRun, lockAdvice } from '../locking/advice.ts';
import { advisoryHolders, blockersText, lockHolders } from '../locking/blockers.ts';
import { BUSY, type HeldLock, POOLED, withSessionLock } from '../locking/job-lock.ts';
import { lockKey } from '../locking/key.ts';
import { createLockRetry, type LockRetry } from '../locking/retry.ts';
import { readSnapshot } from '../locking/snapshot.ts';
import { inTransaction } from '../locking/transaction.ts';
import { type RetentionActions, retentionActions } from './actions.ts';
import { makeCalls } from './call.ts';
import { carryOut } from './carry-out.ts';
import { retentionReport } from './report.ts';
import type { RetentionRun } from './run.ts';
import { inRetentionTransaction, lookSql, type RetentionLock, type Survey, survey, surveySql } from './survey.ts';

/** What a run needs from its start, before it has looked. */
type Start = {
  readonly job: Job;
  readonly command: RetentionCommand;
  readonly key: string;
  readonly retryLocked: LockRetry;
};

/** Takes away what lies beyond the cutoff, concurrently or by the function, or shows what would go. */
export async function retention(job: Job, command: RetentionCommand): Promise<Outcome> {
  const { host, settings, connection, notes } = job;
  const { set, table, lockTimeoutMs, lockWaitMs } = settings;
  const retryLocked = createLockRetry(host, lockWaitMs, lockAdvice(table), notes.waits);
  const start = { job, command, key: lockKey(set, 'retention'), retryLocked };
  if (command.dryRun) return rehearse(start);
  const outcome = await withSessionLock(connection, start.key, lockTimeoutMs, (sessionLock) =>
    runUnderLock(start, sessionLock),
  );
  if (outcome === BUSY) throw anotherRun(set, 'retention');
  return outcome === POOLED ? runUnderLock(start, undefined) : outcome;
}

/** The list of what a real run would do, which it is not, and how that run would end. It takes no lock that another run would wait for. */
async function rehearse(start: Start): Promise<Outcome> {
  const { job, command } = start;
  const { connection, settings } = job;
  const first = await inTransaction(
    connection,
    { isolation: 'REPEATABLE READ', lockTimeoutMs: settings.lockTimeoutMs },
    surveySql(settings, command),
    async (transaction, opened) => ({ isKept: false, result: await survey(transaction, opened, job, command) }),
  );
  const actions = listed(start, first);
  const run = runOf(start, first);
  const plan = await retentionPlan(start, run, actions);
  return retentionReport({ run, first, actions, last: first.catalog, failures: actions.failures, plan });
}

/** One look at everything, in a transaction that is rolled back. */
async function look({ job, command, key, retryLocked }: Start, sessionLock: HeldLock | undefined): Promise<Survey> {
  const { connection, settings } = job;
  let isFirst = true;
  return retryLocked(async () => {
    const found = await inRetentionTransaction(
      connection,
      settings,
      { key, sessionLock },
      surveySql(settings, command),
      async (transaction, opened) => ({ isKept: false, result: await survey(transaction, opened, job, command) }),
    );
    if (found === BUSY && isFirst) throw anotherRun(settings.set, 'retention');
    isFirst = false;
    return found === BUSY ? undefined : found;
  });
}

/** What was committed stays done, so whatever comes after is told beside it and not in its stead. */
async function runUnderLock(start: Start, sessionLock: HeldLock | undefined): Promise<Outcome> {
  const first = await look(start, sessionLock);
  const actions = listed(start, first);
  const run = runOf(start, first);
  const { notes } = start.job;
  noteStart(notes, first.catalog, first.marked, first.idle);
  const failure = await caught(() => carryOutAll(run, { key: start.key, sessionLock }, first, actions));
  const { last, lost } = await lookAgain(start, first, failure);
  notes.seen = last;
  const failures = [failure, ...actions.failures, ...run.refusals, lost].filter((one) => one !== undefined);
  return retentionReport({ run, first, actions, last, failures });
}

async function carryOutAll(run: RetentionRun, lock: RetentionLock, first: Survey, actions: RetentionActions) {
  // Courses are made only where the session can hold the lock.
  if (lock.sessionLock) await carryOut(run, lock.sessionLock, actions);
  await makeCalls(run, lock, first, actions.calls);
}

/** The foreseen error that ended some work, if one did. */
async function caught(work: () => Promise<void>): Promise<AppError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const explained = explain(error, 'the query');
    if (explained instanceof AppError) return explained;
    throw error;
  }
}

/** The catalog as it is at the end; where nothing can be asked any more, as it was. */
async function lookAgain(
  { job: { connection, settings }, command }: Start,
  { catalog }: Survey,
  failure: AppError | undefined,
): Promise<{ readonly last: Catalog; readonly lost: AppError | undefined }> {
  if (isSevered(failure)) return { last: catalog, lost: undefined };
  try {
    const [seen] = await readSnapshot(connection, settings.lockTimeoutMs, lookSql(settings, command));
    return { last: readCatalog(seen), lost: undefined };
  } catch (error) {
    if (!(error instanceof AppError && isSevered(error))) throw error;
    return { last: catalog, lost: error };
  }
}

const listed = ({ job, command }: Start, found: Survey): RetentionActions =>
  retentionActions({ settings: job.settings, command, hostNow: job.host.now(), survey: found });

function runOf({ job, command, retryLocked }: Start, { conditions, catalog, marked }: Survey): RetentionRun {
  const { host, connection, settings, notes } = job;
  return {
    host,
    connection,
    settings,
    command,
    retryLocked,
    table: settings.table,
    tableOid: conditions.tableOid,
    relations: [conditions.tableOid, ...catalog.partitions.map(({ oid }) => oid), ...marked.map(({ oid }) => oid)],
    waits: notes.waits,
    outcomes: notes.outcomes,
    detaching: { spentMs: 0 },
    undone: new Map(),
    refusals: [],
  };
}

async function retentionPlan({ job, key }: Start, run: RetentionRun, actions: RetentionActions): Promise<Plan> {
  const { connection, settings } = job;
  const { ask, makeSchema, courses, calls } = actions;
  const own = courses.flatMap((course) => course.actions);
  const all = [...(ask ? [ask] : []), ...(makeSchema ? [makeSchema] : []), ...own, ...calls];
  const [first] = courses;
  const isWaiting = first !== undefined || calls.length > 0;
  const holders = isWaiting
    ? await lockHolders(connection, settings.lockTimeoutMs, run.tableOid, first?.oid ?? run.tableOid)
    : [];
  const others = await advisoryHolders(connection, settings.lockTimeoutMs, key);
  return {
    statements: statementsOf(all),
    blockers: holders.map((holder) => blockersText([holder])),
    otherRuns: others.map((other) => blockersText([other])),
  };
}
