import { explain, isCancelled, isContention } from '../../connection/server-error.ts';
import type { Action } from '../../job/action.ts';
import { type Blocker, blockersText, lockHolders, snapshotHolders } from '../../locking/blockers.ts';
import { createLockRetry } from '../../locking/retry.ts';
import { tableNow } from '../../locking/table-lock.ts';
import { inTransaction, keep } from '../../locking/transaction.ts';
import { plainName } from '../../shared/sql.ts';
import type { Course } from '../course.ts';
import { type RetentionRun, whileDetaching } from '../run.ts';

/**
 * FINALIZE waits for every older snapshot of the database while it holds SHARE UPDATE EXCLUSIVE on the table, ACCESS EXCLUSIVE
 * on the partition, and then waits for SHARE ROW EXCLUSIVE on tables that its foreign keys point to. In attempts that begin
 * short and never get longer than this, with pauses between them, ensure gets its turn and so do all others.
 */
const LONGEST_ATTEMPT_MS = 1_000;

type Finalize = Pick<Action, 'statements'>;

/**
 * Finishes a pending detach, within what is left of the budget for the second phase.
 * @throws AppError with exit code 8, which names the oldest snapshots, if it is still pending then.
 */
export async function finalize(run: RetentionRun, course: Course, { statements }: Finalize): Promise<void> {
  await whileDetaching(run, () => finishInTime(run, course, statements));
}

async function finishInTime(run: RetentionRun, course: Course, statements: readonly string[]): Promise<void> {
  const { host, command, waits, detaching } = run;
  const advice = `The next run finalises it. By hand: ${statements.join('; ')};`;
  let limitMs = run.settings.lockTimeoutMs;
  let blockers: readonly Blocker[] = [];
  await createLockRetry(
    host,
    command.detachMs,
    advice,
    waits,
    detaching.spentMs,
  )(
    async () => {
      try {
        return await attempt(run, course, statements, limitMs);
      } catch (error) {
        if (!isContention(error) && !isCancelled(error))
          throw explain(error, `the end of the detach of ${plainName(course)}`);
        limitMs = Math.min(limitMs * 2, LONGEST_ATTEMPT_MS);
        blockers = await inTheWay(run, course);
        return undefined;
      }
    },
    () =>
      `the detach of ${plainName(course)} is pending, and ${blockersText(blockers) || 'others'} held locks or older snapshots`,
  );
}

function attempt(
  { connection }: RetentionRun,
  { oid }: Course,
  statements: readonly string[],
  lockTimeoutMs: number,
): Promise<object> {
  const options = { isolation: 'READ COMMITTED', lockTimeoutMs } as const;
  return inTransaction(connection, options, [], async (transaction) => {
    const found = await tableNow(transaction, oid);
    if (!found?.pending) return keep({});
    await transaction.send(`SELECT set_config('statement_timeout', '${LONGEST_ATTEMPT_MS}ms', true)`);
    await transaction.send(...statements);
    return keep({});
  });
}

async function inTheWay({ connection, settings, tableOid }: RetentionRun, { oid }: Course): Promise<Blocker[]> {
  const { lockTimeoutMs } = settings;
  const holders = await lockHolders(connection, lockTimeoutMs, tableOid, oid);
  const others = await snapshotHolders(connection, lockTimeoutMs);
  return [...holders, ...others.filter(({ pid }) => !holders.some((holder) => holder.pid === pid))];
}
