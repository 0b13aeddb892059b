import { AppError } from '../errors.ts';
import { attachBlockers, describeBlockers } from './blockers.ts';
import type { Job, Outcome } from './job.ts';
import { type LockWaits, lockBudget } from './lock-budget.ts';
import { lockKey } from './lock-key.ts';
import { lockAdvice, retentionRuns } from './locks.ts';
import { cutoffOf, monthName } from './months.ts';
import { line, type Plan } from './report.ts';
import { type Ended, refusedBy, remarksOn, restoreReport, targetLine } from './restore-report.ts';
import { perform } from './restore-run.ts';
import { type Steps, stepsOf } from './restore-steps.ts';
import { type Surveyed, surveyRestore } from './restore-survey.ts';
import { explain } from './server-error.ts';
import type { RestoreCommand } from './settings.ts';
import { plainName } from './sql.ts';
import { openTransactions } from './transactions.ts';

/**
 * Attaches a table again that retention has detached or a backup has brought back. Each run begins with what it finds, so one
 * that was interrupted is completed by running it again.
 */
export async function restore(job: Job, command: RestoreCommand): Promise<Outcome> {
  const { host, settings, connection } = job;
  const { set, table, lockTimeoutMs, lockWaitMs } = settings;
  const key = lockKey(set, 'retention');
  const waits: LockWaits = { count: 0 };
  const patiently = lockBudget(host, lockWaitMs, lockAdvice(table), waits);
  const transactions = openTransactions(connection, {
    table,
    routine: undefined,
    key,
    lockTimeoutMs,
    measured: 'no sizes',
  });
  const survey = await patiently(async () => {
    const found = await surveyRestore(transactions, job, command);
    if (!found) throw retentionRuns(set);
    return found;
  });
  const { catalog } = survey;
  const cutoff = settings.retention && cutoffOf(catalog.now, settings.retention.keepMonths);
  const told = { command, settings, cutoff };
  if ('already' in survey) {
    const lines = [line(survey.already, 'kept', `holds ${monthName(command.month)} already; nothing to do`)];
    return restoreReport({ ...told, catalog, lines, lockWaits: waits.count });
  }
  const ended = await go(survey);
  return restoreReport({ ...told, ...ended, lockWaits: waits.count });

  async function go(surveyed: Surveyed): Promise<Omit<Ended, keyof typeof told | 'lockWaits'>> {
    const { findings, ground, rows } = surveyed;
    if (findings.length > 0) {
      const failure = refusedBy(findings, plainName(ground.target.here));
      return { catalog, lines: [targetLine(surveyed, 'kept', 'was not restored')], failure };
    }
    const remarks = remarksOn(surveyed, settings, cutoff);
    const steps = stepsOf(ground, surveyed.key, set);
    const before = rows?.rows ?? 0;
    if (command.dryRun) {
      const plan = await planOf(job, surveyed, steps);
      const lines = [targetLine(surveyed, 'would-restore', 'would be attached')];
      return { catalog, lines, plan, remarks, restoredRows: { before, after: null } };
    }
    try {
      const after = await perform({ ...job, patiently, key, surveyed, steps });
      const lines = [targetLine(surveyed, 'restored', 'is attached again')];
      return { catalog: await transactions.lookAgain(), lines, remarks, restoredRows: { before, after } };
    } catch (error) {
      const failure = explain(error, 'the query');
      if (!(failure instanceof AppError)) throw error;
      const lines = [targetLine(surveyed, 'kept', 'was not restored')];
      return { catalog, lines, failure, restoredRows: { before, after: null } };
    }
  }
}

async function planOf(
  { connection }: Job,
  { ground }: Surveyed,
  { claim, preparing, attaching }: Steps,
): Promise<Plan> {
  const holders = await attachBlockers(connection, ground.parent.oid, [ground.target.oid]);
  return {
    statements: [claim ?? [], ...preparing, attaching].flat(),
    blockers: holders.map((holder) => describeBlockers([holder])),
  };
}
