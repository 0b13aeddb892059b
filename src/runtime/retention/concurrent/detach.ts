import { spellSpan } from '../../../duration.ts';
import { AppError } from '../../../errors.ts';
import { explain, isCancelled, isContention } from '../../connection/server-error.ts';
import type { Action } from '../../job/action.ts';
import { blockersText, lasting, lockHolders } from '../../locking/blockers.ts';
import type { HeldLock } from '../../locking/job-lock.ts';
import { sendOutsideTransaction } from '../../locking/single-statement.ts';
import { readSnapshot } from '../../locking/snapshot.ts';
import { tableNow } from '../../locking/table-lock.ts';
import { inTransaction, keep } from '../../locking/transaction.ts';
import { truthOf } from '../../shared/answer.ts';
import { plainName } from '../../shared/sql.ts';
import type { Course } from '../course.ts';
import { hasForeignKeySql } from '../details.ts';
import { attachedAgain } from '../refusals.ts';
import { type RetentionRun, whileDetaching } from '../run.ts';
import { finalize } from './finalize.ts';

/** Where a partition is: `attached` also while its detach is pending. */
type Whereabouts = 'attached' | 'pending' | 'detached' | 'gone';

/** Asked in a transaction of its own, with all that was committed. */
async function whereabouts({ connection, settings }: RetentionRun, oid: number): Promise<Whereabouts> {
  const options = { isolation: 'READ COMMITTED', lockTimeoutMs: settings.lockTimeoutMs } as const;
  return inTransaction<Whereabouts>(connection, options, [], async (transaction) => {
    const found = await tableNow(transaction, oid);
    if (!found) return keep('gone');
    if (found.parent === null) return keep('detached');
    return keep(found.pending ? 'pending' : 'attached');
  });
}

/**
 * Waits, before anything is begun, for transactions that hold a lock on the table or on the partition and would outlast the
 * second phase: once it is begun, a detach that does not come to its end stays pending. Looking takes no lock.
 * @throws AppError with exit code 8 that names them.
 */
async function awaitHolders(
  { connection, settings, command, retryLocked, tableOid, table }: RetentionRun,
  course: Course,
): Promise<void> {
  let firstSeen: ReadonlySet<string> | undefined;
  let blockers: ReturnType<typeof lasting> = [];
  await retryLocked(
    async () => {
      const holders = await lockHolders(connection, settings.lockTimeoutMs, tableOid, course.oid);
      firstSeen ??= new Set(holders.map(({ id }) => id));
      blockers = lasting(holders, firstSeen, command.detachMs);
      return blockers.length === 0 ? {} : undefined;
    },
    () =>
      `${blockersText(blockers)} held locks on ${plainName(table)} or ${plainName(course)} all along, so that its detach was not begun`,
  );
}

/** With this long a wait, those who write to a table that foreign keys point to may queue behind the second phase. */
const LONGEST_QUEUE_MS = 1_000;

/**
 * How long one wait of the detach may take. What its second phase waits for last, it waits for with SHARE UPDATE EXCLUSIVE on
 * the table, which keeps ensure from attaching a month: so it is at most half of what ensure waits in all.
 */
async function longestWait({ connection, settings, command }: RetentionRun, { oid }: Course): Promise<number> {
  const [result] = await readSnapshot(connection, settings.lockTimeoutMs, hasForeignKeySql(oid));
  const most = truthOf(result, 'found') ? LONGEST_QUEUE_MS : settings.lockWaitMs / 2;
  return Math.min(command.detachMs, most);
}

/**
 * DETACH … CONCURRENTLY. Its first phase takes SHARE UPDATE EXCLUSIVE on the table, which ingest does not notice. The second
 * waits for all who hold locks on the table, then takes SHARE UPDATE EXCLUSIVE on it again, ACCESS EXCLUSIVE on the partition,
 * and SHARE ROW EXCLUSIVE on tables that its foreign keys point to. What is cut off stays pending, and is finalised.
 */
async function tryToDetach(
  run: RetentionRun,
  lock: HeldLock,
  course: Course,
  statement: string,
): Promise<Whereabouts | undefined> {
  const statementMs = Math.max(run.command.detachMs - run.detaching.spentMs, run.settings.lockTimeoutMs);
  const limits = { statementMs, lockMs: await longestWait(run, course) };
  try {
    await whileDetaching(run, () => sendOutsideTransaction(run.connection, lock, statement, limits));
  } catch (error) {
    if (!isContention(error) && !isCancelled(error)) throw explain(error, `the detach of ${plainName(course)}`);
    run.waits.count += 1;
    const after = await whereabouts(run, course.oid);
    return after === 'attached' ? undefined : after;
  }
  return whereabouts(run, course.oid);
}

/** With little of the budget left, a second phase would only leave a pending detach. */
function requireBudget({ command, detaching }: RetentionRun, course: Course): void {
  if (detaching.spentMs <= command.detachMs / 2) return;
  throw new AppError(
    'lockBudget',
    `the detaches before ${plainName(course)} have taken ${spellSpan(detaching.spentMs)} of ${spellSpan(command.detachMs)}, and it was not begun`,
    { advice: 'The next run goes on. Look who holds locks on the table for long.' },
  );
}

/**
 * Takes a marked partition out of the table without anybody's waiting for it.
 * @throws AppError with exit code 8 if others hold locks for too long, 7 if PostgreSQL refuses.
 */
export async function detach(run: RetentionRun, lock: HeldLock, course: Course, action: Action): Promise<void> {
  const [statement] = action.statements;
  if (statement === undefined) throw new Error('there is no statement to detach with');
  requireBudget(run, course);
  await awaitHolders(run, course);
  const { is } = await run.retryLocked(async () => {
    const after = await tryToDetach(run, lock, course, statement);
    return after && { is: after };
  });
  if (is === 'pending') await finalize(run, course, { statements: action.followUps });
  if (is === 'attached') throw attachedAgain(course);
}
