import { AppError } from '../../errors.ts';
import { type Catalog, type Partition, readCatalog } from '../catalog/catalog.ts';
import { catalogSql } from '../catalog/query.ts';
import type { RestoreCommand } from '../command/settings.ts';
import { isSevered } from '../connection/errors.ts';
import { explain, isContention } from '../connection/server-error.ts';
import type { Job, Outcome } from '../job/job.ts';
import { line, type Plan } from '../job/report.ts';
import { lockAdvice, retentionRuns } from '../locking/advice.ts';
import { advisoryHolders, attachBlockers, blockersText } from '../locking/blockers.ts';
import { BUSY, inLockedTransaction } from '../locking/job-lock.ts';
import { lockKey } from '../locking/key.ts';
import { createLockRetry, type LockWaits } from '../locking/retry.ts';
import { readSnapshot } from '../locking/snapshot.ts';
import { discard, inTransaction, type Transaction } from '../locking/transaction.ts';
import type { QueryResult } from '../shared/answer.ts';
import { cutoffOf, monthName } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { type Ended, refusedBy, remarksOn, restoreReport, targetLine } from './report.ts';
import { carryOutRestore, type RestoreRun } from './run.ts';
import { type Steps, stepsOf } from './steps.ts';
import { restoreSurveySql, rowsBefore, type Surveyed, surveyRestore } from './survey.ts';

/**
 * Attaches a table again that retention has detached or a backup has brought back. Each run begins with what it finds, so one
 * that was interrupted is completed by running it again.
 */
export async function restore(job: Job, command: RestoreCommand): Promise<Outcome> {
  const { host, settings, connection } = job;
  const { set, table, lockTimeoutMs, lockWaitMs } = settings;
  const key = lockKey(set, 'retention');
  const waits: LockWaits = { count: 0 };
  const retryLocked = createLockRetry(
    host,
    lockWaitMs,
    lockAdvice(table, 'Run restore again; it goes on from here.'),
    waits,
  );
  const options = { isolation: 'REPEATABLE READ', countsRows: true, lockTimeoutMs } as const;
  const look = async (transaction: Transaction, opened: readonly QueryResult[]) =>
    discard(await surveyRestore({ settings, connection, command, transaction }, opened));
  const survey = command.dryRun
    ? // A dry run waits for no other run, and lets none wait.
      await inTransaction(connection, options, restoreSurveySql(settings), look).catch((error: unknown) => {
        throw isContention(error) ? notSeen(settings, error) : error;
      })
    : await retryLocked(async () => {
        const found = await inLockedTransaction(connection, key, options, restoreSurveySql(settings), look);
        if (found === BUSY) throw retentionRuns(set);
        return found;
      });
  const cutoff = settings.retention && cutoffOf(survey.catalog.now, settings.retention.keepMonths);
  const ended =
    'already' in survey
      ? nothingToDo(survey.already, command)
      : await decide({ ...job, command, retryLocked, key, cutoff }, survey);
  return restoreReport({ command, settings, cutoff, catalog: survey.catalog, lockWaits: waits.count, ...ended });
}

/** A run would wait; a dry run says that it could not look. */
const notSeen = ({ table }: Job['settings'], cause: unknown) =>
  new AppError('differences', 'the dry run could not look at the table, as another session holds it exclusively', {
    advice: lockAdvice(table, 'A run would wait for it. Try the dry run again.'),
    cause,
  });

type Ending = Pick<Ended, 'lines'> & Partial<Ended>;

type Run = Omit<RestoreRun, 'surveyed' | 'steps'> & {
  readonly command: RestoreCommand;
  /** First instant that is kept; undefined without retention. */
  readonly cutoff: number | undefined;
};

const nothingToDo = (already: Partition, { month }: RestoreCommand): Ending => ({
  lines: [line(already, 'kept', `holds ${monthName(month)} already; nothing to do`)],
});

async function decide(run: Run, surveyed: Surveyed): Promise<Ending> {
  const { findings, facts } = surveyed;
  if (findings.length > 0)
    return { lines: [stays(surveyed)], failure: refusedBy(findings, plainName(facts.target.current)) };
  const remarks = remarksOn(surveyed, run.settings, run.cutoff);
  const steps = stepsOf(facts, surveyed.key, run.settings.retention?.graceDays ?? 0);
  if (!run.command.dryRun) {
    const ended = await carryOut(run, surveyed, steps);
    // They are about what comes next for a partition; a table that is still detached stays out of retention's hands.
    return ended.lines.some(({ action }) => action === 'restored') ? { ...ended, remarks } : ended;
  }
  const lines = [targetLine(surveyed, 'would-restore', 'would be attached')];
  return { lines, remarks, plan: await restorePlan(run, surveyed, steps), restoredRows: rowsOf(surveyed, null) };
}

const stays = (surveyed: Surveyed) => targetLine(surveyed, 'kept', 'was not attached');

const rowsOf = (surveyed: Surveyed, after: number | null) => ({ before: rowsBefore(surveyed), after });

async function carryOut(run: Run, surveyed: Surveyed, steps: Steps): Promise<Ending> {
  try {
    const { after, failure } = await carryOutRestore({ ...run, surveyed, steps });
    const lines = [targetLine(surveyed, 'restored', 'is attached again')];
    const restoredRows = rowsOf(surveyed, after);
    if (failure) return { lines, restoredRows, failure };
    return { lines, restoredRows, catalog: await lookAgain(run) };
  } catch (error) {
    const failure = explain(error, 'the query');
    if (!(failure instanceof AppError)) throw error;
    const restoredRows = rowsOf(surveyed, null);
    if (!isSevered(failure)) return { lines: [stays(surveyed)], restoredRows, failure };
    const reason = 'may be attached or not, as the connection was lost; run restore again to see';
    return { lines: [targetLine(surveyed, 'unknown', reason)], restoredRows, failure };
  }
}

async function lookAgain({ connection, settings: { table, lockTimeoutMs } }: Run): Promise<Catalog> {
  const [seen] = await readSnapshot(connection, lockTimeoutMs, catalogSql(table, undefined, 'no sizes'));
  return readCatalog(seen);
}

async function restorePlan(
  { connection, settings: { lockTimeoutMs }, key }: Run,
  { facts }: Surveyed,
  { claim, preparing, attaching }: Steps,
): Promise<Plan> {
  const holders = await attachBlockers(connection, lockTimeoutMs, facts.parent.oid, [facts.target.oid]);
  const others = await advisoryHolders(connection, lockTimeoutMs, key);
  return {
    statements: [claim ?? [], ...preparing, attaching].flat(),
    blockers: holders.map((holder) => blockersText([holder])),
    otherRuns: others.map((other) => blockersText([other])),
  };
}
