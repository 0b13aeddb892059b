import type { Action } from '../job/action.ts';
import type { HeldLock } from '../locking/job-lock.ts';
import { inTransaction, keep } from '../locking/transaction.ts';
import { plainName } from '../shared/sql.ts';
import { spellInstant } from '../shared/words.ts';
import type { RetentionActions } from './actions.ts';
import { detach } from './concurrent/detach.ts';
import { finalize } from './concurrent/finalize.ts';
import type { Course } from './course.ts';
import { type RetentionRun, workOn } from './run.ts';
import { dropKey, dropTable, mark, moveTable, setComment } from './steps.ts';

/**
 * Carries out what is on the list for single tables: one course is done before the next is begun, as PostgreSQL allows one pending
 * detach to a table. What was done is noted in the run's outcomes.
 * @throws AppError with exit code 5 or 8: then the rest was not begun.
 */
export async function carryOut(
  run: RetentionRun,
  lock: HeldLock,
  { makeSchema, courses }: Pick<RetentionActions, 'makeSchema' | 'courses'>,
): Promise<void> {
  if (makeSchema) await make(run, makeSchema);
  for (const course of courses)
    await workOn(run, course, async () => {
      const [first, ...rest] = course.actions;
      if (first?.kind !== 'mark') return follow(run, lock, course, course.actions);
      return follow(run, lock, { ...course, marked: await mark(run, course, first) }, rest);
    });
}

async function follow(run: RetentionRun, lock: HeldLock, course: Course, actions: readonly Action[]): Promise<void> {
  for (const action of actions) await step(run, lock, course, action);
}

async function make({ connection, settings, retryLocked }: RetentionRun, { statements }: Action): Promise<void> {
  const options = { isolation: 'READ COMMITTED', lockTimeoutMs: settings.lockTimeoutMs } as const;
  await retryLocked(() => inTransaction(connection, options, statements, async () => keep({})));
}

async function step(run: RetentionRun, lock: HeldLock, course: Course, action: Action): Promise<void> {
  const { outcomes } = run;
  const { oid, why, until } = course;
  const stillThere = () =>
    outcomes.set(oid, { action: 'detached', reason: `${why}; its table is still there as ${plainName(course)}` });
  switch (action.kind) {
    case 'unmark':
      await setComment(run, course, action);
      outcomes.set(oid, { action: 'restored', reason: why });
      return undefined;
    case 'date':
      await setComment(run, course, action);
      if (outcomes.get(oid) === undefined)
        outcomes.set(oid, { action: 'in-grace', reason: `${why}: ${spellInstant(until)}, as ${plainName(course)}` });
      return undefined;
    case 'detach':
      await detach(run, lock, course, action);
      stillThere();
      return undefined;
    case 'finalize':
      await finalize(run, course, action);
      outcomes.set(oid, { action: 'finalized', reason: why });
      return undefined;
    case 'drop-key':
      stillThere();
      return dropKey(run, course, action);
    case 'drop':
      stillThere();
      outcomes.set(oid, {
        action: 'dropped',
        reason: (await dropTable(run, course, action)) ? why : `${why}; another session dropped it`,
      });
      return undefined;
    case 'move': {
      stillThere();
      const place = await moveTable(run, course);
      outcomes.set(
        oid,
        place === 'gone'
          ? { action: 'dropped', reason: `${why}; another session dropped it` }
          : { action: 'detached', reason: `${why}; in grace until ${spellInstant(until)} as ${plainName(place)}` },
      );
      return undefined;
    }
    case 'mark':
    case 'ask':
    case 'make-schema':
    case 'call':
      throw new Error(`${action.kind} is not one of the steps that follow a mark`);
  }
}
