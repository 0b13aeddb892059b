import { type ConcurrentRun, type Held, requireUntouched } from './concurrent-run.ts';
import { lockTable } from './concurrent-table.ts';
import { transaction } from './concurrent-transaction.ts';
import { explain, isContention } from './server-error.ts';
import { plainName, qualified } from './sql.ts';

/**
 * Drops a detached table. ACCESS EXCLUSIVE on that table alone: its foreign keys are gone, and it is nobody's partition. Under
 * the lock it must still be the table that was marked, by OID, marker and bounds.
 * @throws AppError with exit code 7 if it is not, or if something of somebody else depends on it.
 */
export async function drop(run: ConcurrentRun, held: Held): Promise<void> {
  const { connection, settings, patiently } = run;
  await patiently(() =>
    transaction(connection, settings.lockTimeoutMs, async (send) => {
      const found = await lockTable(send, held.oid, 'ACCESS EXCLUSIVE');
      if (found === undefined) return undefined;
      // Somebody else was faster.
      if (found === 'gone') return {};
      requireUntouched(run, held, found);
      try {
        await send(`DROP TABLE ${qualified(found)}`);
      } catch (error) {
        throw isContention(error) ? error : explain(error, `the drop of ${plainName(found)}`);
      }
      return {};
    }),
  );
}
