import { type ConcurrentRun, type Held, requireUntouched } from './concurrent-run.ts';
import { lockTable } from './concurrent-table.ts';
import { transaction } from './concurrent-transaction.ts';
import { identifier, qualified } from './sql.ts';

/** The copy of a partitioned foreign key has rows for the referenced table's partitions too; they go with the first. */
const firstKeySql = (oid: number) => `SELECT conname AS name FROM pg_catalog.pg_constraint
  WHERE conrelid = ${oid} AND contype = 'f' AND conparentid = 0 ORDER BY conname LIMIT 1`;

/**
 * Drops the foreign keys of a detached table, one in each transaction. Dropping one takes ACCESS EXCLUSIVE on the table that
 * it points to, which readers and writers of that table queue behind: so each is alone, and waits for one lock_timeout only.
 * Were they left, dropping or re-attaching the table would lock all those tables at once.
 */
export async function dropForeignKeys(run: ConcurrentRun, held: Held): Promise<void> {
  const { connection, settings, patiently } = run;
  const dropFirst = () =>
    transaction(connection, settings.lockTimeoutMs, async (send) => {
      const [result] = await send(firstKeySql(held.oid));
      const name = result?.rows[0]?.['name'];
      if (!name) return { isLast: true };
      const found = await lockTable(send, held.oid, 'ACCESS EXCLUSIVE');
      if (found === undefined || found === 'gone') return undefined;
      requireUntouched(run, held, found);
      await send(`ALTER TABLE ${qualified(found)} DROP CONSTRAINT ${identifier(name)}`);
      return { isLast: false };
    });
  while (!(await patiently(dropFirst)).isLast);
}
