import { describeBlockers, snapshotHolders } from './blockers.ts';
import type { ConcurrentRun, Held } from './concurrent-run.ts';
import { tableNow } from './concurrent-table.ts';
import { transaction } from './concurrent-transaction.ts';
import { lockBudget } from './lock-budget.ts';
import { sqlState } from './server-error.ts';
import { literal, plainName, type QualifiedName, qualified } from './sql.ts';

/**
 * FINALIZE waits for every older snapshot of the database while it holds SHARE UPDATE EXCLUSIVE on the table and ACCESS
 * EXCLUSIVE on the partition. In short attempts with pauses between them, ensure gets its turn and so do readers.
 */
const ATTEMPT_MS = 1_000;

/** query_canceled. */
const CANCELLED = '57014';

/** The way out of a detach that was begun and not finished. */
export function finalizeSql(table: QualifiedName, partition: QualifiedName): string {
  return `ALTER TABLE ${qualified(table)} DETACH PARTITION ${qualified(partition)} FINALIZE`;
}

/**
 * Finishes a pending detach, within the budget for the second phase.
 * @throws AppError with exit code 8, which names the oldest snapshots, if it is still pending then.
 */
export async function finalize({ host, connection, command, table, waits }: ConcurrentRun, held: Held): Promise<void> {
  const command$ = `${finalizeSql(table, held)};`;
  const advice = `The next run finalises it. By hand: ${command$}`;
  let oldest = '';
  const patiently = lockBudget(host, command.detachMs, advice, waits);
  await patiently(
    async () => {
      try {
        await transaction(connection, ATTEMPT_MS, async (send) => {
          const found = await tableNow(send, held.oid);
          if (!found?.pending) return {};
          await send(`SELECT set_config('statement_timeout', ${literal(`${ATTEMPT_MS}ms`)}, true)`);
          await send(finalizeSql(table, found));
          return {};
        });
        return {};
      } catch (error) {
        if (sqlState(error) !== CANCELLED) throw error;
        oldest = describeBlockers(await snapshotHolders(connection));
        return undefined;
      }
    },
    () => `the detach of ${plainName(held)} is pending, and ${oldest || 'others'} hold older snapshots or locks`,
  );
}
