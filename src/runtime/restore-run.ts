import { AppError, EXIT } from '../errors.ts';
import { attachBlockers, type Blocker, describeBlockers } from './blockers.ts';
import { lockTable, type Mode, type TableNow } from './concurrent-table.ts';
import { type Send, transaction } from './concurrent-transaction.ts';
import type { Job } from './job.ts';
import type { Patiently } from './lock-budget.ts';
import { countSql } from './restore-rows.ts';
import type { Step, Steps } from './restore-steps.ts';
import { PLAIN_SETTINGS, type Surveyed } from './restore-survey.ts';
import type { Target } from './restore-target.ts';
import { explain, isContention } from './server-error.ts';
import { count } from './spell.ts';
import { identifier, plainName } from './sql.ts';

export type RestoreRun = Job & {
  readonly patiently: Patiently;
  /** Retention's advisory lock, as `lockKey` makes it. */
  readonly key: string;
  readonly surveyed: Surveyed;
  readonly steps: Steps;
};

/**
 * Prepares the table, each step in a transaction of its own, and attaches it in the last one. Gives the number of rows that the
 * partitioned table has in its bounds then.
 * @throws AppError with exit code 5, 7 or 8; until the last transaction is committed the table is what it was, detached.
 */
export async function perform(run: RestoreRun): Promise<number> {
  const { steps, surveyed } = run;
  const { found } = surveyed.ground.target;
  if (steps.claim) await step(run, steps.claim, found, 'SHARE UPDATE EXCLUSIVE');
  for (const one of steps.preparing) await step(run, one, steps.comment, 'SHARE UPDATE EXCLUSIVE');
  return attach(run);
}

type Body<Result> = (send: Send) => Promise<Result>;

/**
 * Does one step in a transaction. The advisory lock is the transaction's, so a pooler does no harm: between two steps the
 * comment keeps retention away, and under the table's lock it must be the table that was looked at.
 */
async function step<Result extends object>(
  run: RestoreRun,
  statements: Step,
  comment: string | null,
  mode: Mode,
  body?: Body<Result>,
): Promise<Result | object> {
  const { connection, settings, patiently, key, surveyed } = run;
  const { target } = surveyed.ground;
  let blockers: readonly Blocker[] = [];
  return patiently(
    async () => {
      try {
        return await transaction(connection, settings.lockTimeoutMs, async (send) => {
          const results = await send(`SELECT pg_try_advisory_xact_lock(${key}) AS held`, PLAIN_SETTINGS);
          if (results[0]?.rows[0]?.['held'] !== 't') return undefined;
          const found = await lockTable(send, target.oid, mode);
          if (found === undefined) return undefined;
          requireSame(target, comment, found);
          for (const { sql } of statements) await doOne(send, sql);
          return body ? await body(send) : {};
        });
      } catch (error) {
        if (isContention(error)) blockers = await inTheWay(run);
        throw error;
      }
    },
    () =>
      `${describeBlockers(blockers) || 'other sessions'} held locks on ${plainName(target.here)}, ${plainName(settings.table)} or tables that foreign keys point to`,
  );
}

const inTheWay = ({ connection, surveyed: { ground } }: RestoreRun): Promise<Blocker[]> =>
  attachBlockers(connection, ground.parent.oid, [ground.target.oid]);

async function doOne(send: Send, sql: string): Promise<void> {
  try {
    await send(sql);
  } catch (error) {
    // No values: what follows the first words of a statement may hold some.
    throw isContention(error) ? error : explain(error, sql.split(' ').slice(0, 3).join(' '));
  }
}

function requireSame({ here }: Target, comment: string | null, found: TableNow | 'gone'): asserts found is TableNow {
  const change =
    found === 'gone'
      ? 'it was dropped'
      : found.parent !== null
        ? 'it was attached'
        : found.comment !== comment
          ? 'its comment was changed'
          : plainName(found) !== plainName(here)
            ? `it is called ${plainName(found)} now`
            : undefined;
  if (change === undefined) return;
  throw new AppError(EXIT.refused, `${plainName(here)} is not as it was when restore looked at it: ${change}`, {
    advice: 'Look who works on it, then run restore again: it looks at what is there and goes on from that.',
  });
}

/**
 * The count stands under the locks of the transaction, so that a difference is rolled back; but not while a referenced table is
 * locked for its readers: then it comes after that, when others may have written to the partition.
 */
async function attach(run: RestoreRun): Promise<number> {
  const { surveyed, steps, settings, connection } = run;
  const { ground, key, rows } = surveyed;
  const sql = countSql(settings.table, identifier(key.name), ground.target);
  const before = rows?.rows ?? 0;
  const isAlone = ground.parent.foreignKeys.length === 0;
  let after = Number.NaN;
  await step(run, steps.attaching, steps.comment, 'ACCESS EXCLUSIVE', async (send) => {
    if (!isAlone) return {};
    const [result] = await send(sql);
    after = Number(result?.rows[0]?.['rows']);
    if (after !== before)
      throw different(
        before,
        after,
        'It was rolled back. Somebody has written to the table meanwhile: run restore again.',
      );
    return {};
  });
  if (isAlone) return after;
  const [result] = await connection.query(sql);
  after = Number(result?.rows[0]?.['rows']);
  if (after < before)
    throw different(
      before,
      after,
      'The table is attached. Rows may have been deleted meanwhile; if not, look at it before retention runs.',
    );
  return after;
}

const different = (before: number, after: number, advice: string) =>
  new AppError(
    EXIT.refused,
    `${count(before, 'row')} were in the table, and ${after} in its bounds when it was attached`,
    { advice },
  );
