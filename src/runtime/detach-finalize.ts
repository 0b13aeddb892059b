import { type Blocker, describeBlockers, lockHolders, snapshotHolders } from './blockers.ts';
import { type ConcurrentRun, type Held, whileDetaching } from './concurrent-run.ts';
import { tableNow } from './concurrent-table.ts';
import { transaction } from './concurrent-transaction.ts';
import { lockBudget } from './lock-budget.ts';
import { explain, isCancelled, isContention } from './server-error.ts';
import { plainName, type QualifiedName, qualified } from './sql.ts';

/**
 * FINALIZE waits for every older snapshot of the database while it holds SHARE UPDATE EXCLUSIVE on the table, ACCESS EXCLUSIVE
 * on the partition, and then waits for SHARE ROW EXCLUSIVE on tables that its foreign keys point to. In attempts that begin
 * short and never get longer than this, with pauses between them, ensure gets its turn and so do all others.
 */
const LONGEST_ATTEMPT_MS = 1_000;

/** The way out of a detach that was begun and not finished. */
export function finalizeSql(table: QualifiedName, partition: QualifiedName): string {
  return `ALTER TABLE ${qualified(table)} DETACH PARTITION ${qualified(partition)} FINALIZE`;
}

/**
 * Finishes a pending detach, within what is left of the budget for the second phase.
 * @throws AppError with exit code 8, which names the oldest snapshots, if it is still pending then.
 */
export async function finalize(run: ConcurrentRun, held: Held): Promise<void> {
  await whileDetaching(run, () => finishInTime(run, held));
}

async function finishInTime(run: ConcurrentRun, held: Held): Promise<void> {
  const { host, command, table, waits, detaching } = run;
  const advice = `The next run finalises it. By hand: ${finalizeSql(table, held)};`;
  let limitMs = run.settings.lockTimeoutMs;
  let blockers: readonly Blocker[] = [];
  await lockBudget(
    host,
    command.detachMs,
    advice,
    waits,
    detaching.spentMs,
  )(
    async () => {
      try {
        return await attempt(run, held, limitMs);
      } catch (error) {
        if (!isContention(error) && !isCancelled(error))
          throw explain(error, `the end of the detach of ${plainName(held)}`);
        limitMs = Math.min(limitMs * 2, LONGEST_ATTEMPT_MS);
        blockers = await inTheWay(run, held);
        return undefined;
      }
    },
    () =>
      `the detach of ${plainName(held)} is pending, and ${describeBlockers(blockers) || 'others'} held locks or older snapshots`,
  );
}

function attempt({ connection, table }: ConcurrentRun, held: Held, limitMs: number): Promise<object | undefined> {
  return transaction(connection, limitMs, async (send) => {
    const found = await tableNow(send, held.oid);
    if (!found?.pending) return {};
    await send(`SELECT set_config('statement_timeout', '${LONGEST_ATTEMPT_MS}ms', true)`);
    await send(finalizeSql(table, found));
    return {};
  });
}

async function inTheWay({ connection, tableOid }: ConcurrentRun, held: Held): Promise<Blocker[]> {
  const holders = await lockHolders(connection, tableOid, held.oid);
  const others = (await snapshotHolders(connection)).filter(({ pid }) => !holders.some((holder) => holder.pid === pid));
  return [...holders, ...others];
}
