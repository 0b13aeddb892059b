import { AppError, EXIT } from '../errors.ts';
import { describeBlockers, lasting, lockHolders } from './blockers.ts';
import { type ConcurrentRun, type Held, whileDetaching } from './concurrent-run.ts';
import { tableNow } from './concurrent-table.ts';
import { alone, transaction } from './concurrent-transaction.ts';
import { finalize } from './detach-finalize.ts';
import { explain, isCancelled, isContention } from './server-error.ts';
import { spellSpan } from './spell.ts';
import { plainName, qualified } from './sql.ts';

/** Where a partition is: `attached` also while its detach is pending. */
type Whereabouts = 'attached' | 'pending' | 'detached' | 'gone';

/** Asked in a transaction of its own, with all that was committed. */
async function whereabouts({ connection, settings }: ConcurrentRun, oid: number): Promise<Whereabouts> {
  const state = await transaction(connection, settings.lockTimeoutMs, async (send) => {
    const found = await tableNow(send, oid);
    if (!found) return { is: 'gone' as const };
    if (found.parent === null) return { is: 'detached' as const };
    return { is: found.pending ? ('pending' as const) : ('attached' as const) };
  });
  return state?.is ?? 'gone';
}

/**
 * Waits, before anything is begun, for transactions that hold a lock on the table or on the partition and would outlast the
 * second phase: once it is begun, a detach that does not come to its end stays pending. Looking takes no lock.
 * @throws AppError with exit code 8 that names them.
 */
async function awaitHolders(
  { connection, command, patiently, tableOid, table }: ConcurrentRun,
  held: Held,
): Promise<void> {
  let firstSeen: ReadonlySet<string> | undefined;
  let blockers: ReturnType<typeof lasting> = [];
  await patiently(
    async () => {
      const holders = await lockHolders(connection, tableOid, held.oid);
      firstSeen ??= new Set(holders.map(({ id }) => id));
      blockers = lasting(holders, firstSeen, command.detachMs);
      return blockers.length === 0 ? {} : undefined;
    },
    () =>
      `${describeBlockers(blockers)} held locks on ${plainName(table)} or ${plainName(held)} all along, so that its detach was not begun`,
  );
}

/** With this long a wait, those who write to a table that foreign keys point to may queue behind the second phase. */
const LONGEST_QUEUE_MS = 1_000;

const HAS_FOREIGN_KEYS = (oid: number) =>
  `SELECT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = ${oid} AND contype = 'f') AS found`;

/**
 * How long one wait of the detach may take. What its second phase waits for last, it waits for with SHARE UPDATE EXCLUSIVE on
 * the table, which keeps ensure from attaching a month: so it is at most half of what ensure waits in all.
 */
async function longestWait({ connection, settings, command }: ConcurrentRun, held: Held): Promise<number> {
  const [result] = await connection.query(HAS_FOREIGN_KEYS(held.oid));
  const most = result?.rows[0]?.['found'] === 't' ? LONGEST_QUEUE_MS : settings.lockWaitMs / 2;
  return Math.min(command.detachMs, most);
}

/**
 * DETACH … CONCURRENTLY. Its first phase takes SHARE UPDATE EXCLUSIVE on the table, which ingest does not notice. The second
 * waits for all who hold locks on the table, then takes SHARE UPDATE EXCLUSIVE on it again, ACCESS EXCLUSIVE on the partition,
 * and SHARE ROW EXCLUSIVE on tables that its foreign keys point to. What is cut off stays pending, and is finalised.
 */
async function tryToDetach(run: ConcurrentRun, held: Held): Promise<Whereabouts | undefined> {
  const statementMs = Math.max(run.command.detachMs - run.detaching.spentMs, run.settings.lockTimeoutMs);
  const limits = { statementMs, lockMs: await longestWait(run, held) };
  try {
    const statement = `ALTER TABLE ${qualified(run.table)} DETACH PARTITION ${qualified(held)} CONCURRENTLY`;
    await whileDetaching(run, () => alone(run.connection, statement, limits));
  } catch (error) {
    if (!isContention(error) && !isCancelled(error)) throw explain(error, `the detach of ${plainName(held)}`);
    run.waits.count += 1;
    const after = await whereabouts(run, held.oid);
    return after === 'attached' ? undefined : after;
  }
  return whereabouts(run, held.oid);
}

/** With little of the budget left, a second phase would only leave a pending detach. */
function requireBudget({ command, detaching }: ConcurrentRun, held: Held): void {
  if (detaching.spentMs <= command.detachMs / 2) return;
  throw new AppError(
    EXIT.lockBudget,
    `the detaches before ${plainName(held)} have taken ${spellSpan(detaching.spentMs)} of ${spellSpan(command.detachMs)}, and it was not begun`,
    { advice: 'The next run goes on. Look who holds locks on the table for long.' },
  );
}

/**
 * Takes a marked partition out of the table without anybody's waiting for it.
 * @throws AppError with exit code 8 if others hold locks for too long, 7 if PostgreSQL refuses.
 */
export async function detach(run: ConcurrentRun, held: Held): Promise<void> {
  requireBudget(run, held);
  await awaitHolders(run, held);
  const { is } = await run.patiently(async () => {
    const after = await tryToDetach(run, held);
    return after && { is: after };
  });
  if (is === 'pending') await finalize(run, held);
  if (is === 'attached')
    throw new AppError(EXIT.refused, `${plainName(held)} is a partition although it was detached without an error`, {
      advice:
        'Another session has attached it again, or another table has taken its name. The next run looks at what is there.',
    });
}
