import { AppError } from '../errors.ts';
import type { Catalog } from './catalog.ts';
import { concurrently } from './concurrent.ts';
import { type ConcurrentRun, UNKNOWN } from './concurrent-run.ts';
import { isSevered } from './connection-errors.ts';
import { holdingNeed } from './grace-move.ts';
import type { Job, Outcome } from './job.ts';
import { lockBudget } from './lock-budget.ts';
import { lockKey } from './lock-key.ts';
import { anotherRun, lockAdvice } from './locks.ts';
import { noteStart } from './notes.ts';
import { planOf } from './plan.ts';
import { recover } from './recover.ts';
import type { Plan } from './report.ts';
import { dropAll } from './retention-call.ts';
import { clockObjections } from './retention-plan.ts';
import { dueBecause, refusal, retentionReport } from './retention-report.ts';
import { mayDetach, type Survey, survey } from './retention-survey.ts';
import { explain } from './server-error.ts';
import type { RetentionCommand } from './settings.ts';
import { count } from './spell.ts';
import { plainName } from './sql.ts';
import { openTransactions, type Transactions } from './transactions.ts';

/** Takes away what lies beyond the cutoff, concurrently or by the function, or shows what would go. */
export async function retention(job: Job, command: RetentionCommand): Promise<Outcome> {
  const { host, settings, connection, notes } = job;
  const { set, table, lockTimeoutMs, lockWaitMs } = settings;
  const key = lockKey(set, 'retention');
  const transactions = openTransactions(connection, {
    table,
    routine: command.function,
    key,
    lockTimeoutMs,
    measured: 'sizes',
  });
  const { waits, deeds } = notes;
  const patiently = lockBudget(host, lockWaitMs, lockAdvice(table), waits);
  let isFirst = true;
  const look = () =>
    patiently(async () => {
      const found = await survey(transactions, job, command);
      if (!found && isFirst) throw anotherRun(set, 'retention');
      isFirst = false;
      return found;
    });

  const first = await look();
  const { tableOid, owner } = first.ground;
  const { now } = first.catalog;
  noteStart(notes, first.catalog.partitions, first.marked);
  notes.seen = first.catalog;
  const progress = { deeds, remarks: [], refusals: [], detaching: { spentMs: 0 } };
  const run = { ...progress, host, connection, settings, command, table, tableOid, owner, patiently, waits, now };
  const ended = command.dryRun ? await rehearse(run, first) : await perform(run, transactions, first, look);
  notes.seen = ended.last;
  return retentionReport({ run, first, ...ended });
}

/** What a real run would do, and what would stop it. */
async function rehearse(run: ConcurrentRun, first: Survey): Promise<Ended & { readonly plan: Plan }> {
  const toGrace = first.strategy.chosen === 'concurrent' && first.planned.length > 0 && run.command.graceDays > 0;
  const { create, failure } = toGrace ? await holdingNeed(run) : { create: undefined, failure: undefined };
  const against = [...first.against, ...(failure ? [`${failure.message}. ${failure.advice}`] : [])];
  const plan = await planOf(run, { ...first, against }, create);
  return { last: first.catalog, against, failure: undefined, plan };
}

type Ended = {
  /** The catalog at the end. */
  readonly last: Catalog;
  /** Why nothing was dropped. */
  readonly against: readonly string[];
  readonly failure: AppError | undefined;
};

/** What was committed stays done, so whatever comes after is told beside it and not in its stead. */
async function perform(
  run: ConcurrentRun,
  transactions: Transactions,
  first: Survey,
  look: () => Promise<Survey>,
): Promise<Ended> {
  let against: readonly string[] = [];
  let failure: AppError | undefined;
  try {
    const current = await recoverFirst(run, transactions, first, look);
    against = current.against;
    const goesOn = current.planned.length > 0 && against.length === 0;
    if (goesOn) failure = await takeAway(run, transactions, current);
    else if (current.strategy.chosen === 'function') await transactions.rollback();
    if (against.length > 0) failure = refusal(against);
  } catch (error) {
    const explained = explain(error, 'the query');
    if (!(explained instanceof AppError)) throw error;
    failure = explained;
  }
  const [refused, ...others] = failure ? [failure, ...run.refusals] : run.refusals;
  failure = refused;
  run.remarks.push(...others.map(({ message }) => message));
  if (isSevered(failure)) return { last: first.catalog, against, failure };
  try {
    const last = await transactions.lookAgain();
    if (mayDetach(first.ground)) await transactions.release();
    return { last, against, failure };
  } catch (error) {
    if (!(error instanceof AppError && isSevered(error))) throw error;
    return { last: first.catalog, against, failure: failure ?? error };
  }
}

/** Brings what earlier runs have left to its end or its grace, and looks again if there was any. */
async function recoverFirst(
  run: ConcurrentRun,
  transactions: Transactions,
  first: Survey,
  look: () => Promise<Survey>,
): Promise<Survey> {
  if (first.marked.length === 0) return first;
  if (!mayDetach(first.ground)) {
    run.remarks.push(
      `${count(first.marked.length, 'table')} that retention marked must wait for a run as their owner, without a pooler: ${first.marked.map(plainName).join(', ')}`,
    );
    return first;
  }
  const against = clockObjections(first.catalog.now, run.host.now());
  if (against.length > 0) return { ...first, against };
  if (first.strategy.chosen === 'function') await transactions.rollback();
  await recover(run, first);
  return look();
}

async function takeAway(
  run: ConcurrentRun,
  transactions: Transactions,
  { catalog, strategy, planned, cutoff }: Survey,
): Promise<AppError | undefined> {
  const reason = dueBecause(cutoff);
  if (strategy.chosen === 'concurrent') {
    await concurrently(run, planned, reason);
    return undefined;
  }
  const { dropped, detached, failure } = await dropAll(transactions, run.patiently, run.command, catalog, planned);
  for (const { oid } of dropped) run.deeds.set(oid, { action: 'dropped', reason });
  for (const { oid } of detached)
    run.deeds.set(oid, { action: 'detached', reason: `${reason}; its table is still there` });
  if (isSevered(failure)) for (const { oid } of planned) if (!run.deeds.has(oid)) run.deeds.set(oid, UNKNOWN);
  return failure;
}
