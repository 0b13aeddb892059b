import { AppError } from '../../errors.ts';
import { explain, isContention } from '../connection/server-error.ts';
import type { Job } from '../job/job.ts';
import { attachBlockers, type Blocker, blockersText } from '../locking/blockers.ts';
import type { LockRetry } from '../locking/retry.ts';
import { lockTable, type Mode, type TableNow } from '../locking/table-lock.ts';
import { discard, inTransaction, keep, type Transaction } from '../locking/transaction.ts';
import { numberOf, truthOf } from '../shared/answer.ts';
import { identifier, plainName, type QualifiedName } from '../shared/sql.ts';
import { count } from '../shared/words.ts';
import { countSql } from './rows.ts';
import type { Step, Steps } from './steps.ts';
import { rowsBefore, type Surveyed } from './survey.ts';
import type { Target } from './target.ts';

export type RestoreRun = Job & {
  readonly retryLocked: LockRetry;
  /** Retention's advisory lock, as `lockKey` makes it. */
  readonly key: string;
  readonly surveyed: Surveyed;
  readonly steps: Steps;
};

const COUNTING = { isolation: 'READ COMMITTED', countsRows: true } as const;

/** What the partitioned table has in the bounds once the table is attached; null if that could not be counted, with the reason. */
type Attached = { readonly after: number | null; readonly failure: AppError | undefined };

/**
 * Prepares the table, each step in a transaction of its own, and attaches it in the last one.
 * @throws AppError with exit code 5, 7 or 8: then the table is detached as before, and may have got a part of what it lacked.
 */
export async function carryOutRestore(run: RestoreRun): Promise<Attached> {
  const { steps, surveyed } = run;
  const { currentComment } = surveyed.facts.target;
  if (steps.claim) await step(run, steps.claim, currentComment, 'SHARE UPDATE EXCLUSIVE');
  for (const one of steps.preparing) await step(run, one, steps.comment, 'SHARE UPDATE EXCLUSIVE');
  return attach(run);
}

/**
 * Does one step in a transaction, then `check`. The advisory lock is the transaction's, so a pooler does no harm: between two
 * steps the comment keeps retention away, and under its lock the table must be the one that was looked at.
 */
async function step(
  run: RestoreRun,
  statements: Step,
  comment: string | null,
  mode: Mode,
  check: (transaction: Transaction) => Promise<void> = async () => undefined,
): Promise<void> {
  const { connection, settings, retryLocked, key, surveyed } = run;
  const { lockTimeoutMs } = settings;
  const { parent, target } = surveyed.facts;
  let blockers: readonly Blocker[] = [];
  const ask = `SELECT pg_try_advisory_xact_lock(${key}) AS held`;
  const attempt = () =>
    inTransaction(connection, { ...COUNTING, lockTimeoutMs }, [ask], async (transaction, [lock]) => {
      if (!truthOf(lock, 'held')) return discard(undefined);
      const found = await lockTable(transaction, target.oid, mode);
      if (found === undefined) return discard(undefined);
      requireSame(target, comment, found);
      // One message: what ATTACH locks is not held for the time of further round trips.
      await transaction.send(...statements.map(({ sql }) => sql));
      await check(transaction);
      return keep({});
    });
  await retryLocked(
    async () => {
      try {
        return await attempt();
      } catch (error) {
        if (!isContention(error)) throw explain(error, `the restore of ${plainName(target.current)}`, ROLLED_BACK);
        blockers = await attachBlockers(connection, lockTimeoutMs, parent.oid, [target.oid]);
        throw error;
      }
    },
    () =>
      `${blockersText(blockers) || 'other sessions'} held locks on ${plainName(target.current)}, ${plainName(settings.table)} or what its foreign keys point to`,
  );
}

const ROLLED_BACK = 'That step was rolled back. Mend what the server names, and run restore again.';

/** @throws AppError with exit code 7 if somebody else has plans with it. */
function requireSame({ current }: Target, comment: string | null, found: TableNow | 'gone'): void {
  const change = found === 'gone' ? 'it was dropped' : changeOf(current, comment, found);
  if (change === undefined) return;
  throw new AppError('refused', `${plainName(current)} is not as it was when restore looked at it: ${change}`, {
    advice: 'Look who works on it, then run restore again: it looks at what is there and goes on from that.',
  });
}

function changeOf(current: QualifiedName, comment: string | null, found: TableNow): string | undefined {
  if (found.parent !== null) return 'it was attached';
  if (found.comment !== comment) return 'its comment was changed';
  return plainName(found) === plainName(current) ? undefined : `it is called ${plainName(found)} now`;
}

/**
 * The rows are counted under the locks of the transaction, so that a difference is rolled back. But not while a referenced table is
 * locked for its readers: then it is done after that, when others may have written to the partition.
 */
async function attach(run: RestoreRun): Promise<Attached> {
  const { surveyed, steps } = run;
  const before = rowsBefore(surveyed);
  if (surveyed.facts.parent.foreignKeys.length > 0) {
    await step(run, steps.attaching, steps.comment, 'ACCESS EXCLUSIVE');
    return countAfterwards(run, before);
  }
  await step(run, steps.attaching, steps.comment, 'ACCESS EXCLUSIVE', async (transaction) => {
    const after = await countIn(run, transaction);
    if (after === before) return;
    const advice = 'It was rolled back. Somebody has written to the table meanwhile: run restore again.';
    throw new AppError('refused', difference(before, after), { advice });
  });
  return { after: before, failure: undefined };
}

async function countIn({ settings, surveyed: { key, facts } }: RestoreRun, transaction: Transaction): Promise<number> {
  const [result] = await transaction.send(countSql(settings.table, identifier(key.name), facts.target));
  return numberOf(result, 'rows');
}

/** What fails here does so after the commit: the table is attached. */
async function countAfterwards(run: RestoreRun, before: number): Promise<Attached> {
  const { connection, settings, retryLocked } = run;
  try {
    const { after } = await retryLocked(() =>
      inTransaction(connection, { ...COUNTING, lockTimeoutMs: settings.lockTimeoutMs }, [], async (transaction) =>
        keep({ after: await countIn(run, transaction) }),
      ),
    );
    if (after >= before) return { after, failure: undefined };
    const advice = 'The table is attached. Either rows were deleted since, or look at it before anything else is done.';
    return { after, failure: new AppError('refused', difference(before, after), { advice }) };
  } catch (error) {
    const failure = explain(error, 'the table is attached, but the count of its rows', 'Count them by hand.');
    if (!(failure instanceof AppError)) throw error;
    return { after: null, failure };
  }
}

const difference = (before: number, after: number) =>
  `${count(before, 'row')} were in the table, and ${after} are in its bounds once it is attached`;
