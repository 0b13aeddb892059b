import { existingSql, goneBetween, oidsIn } from '../catalog/existing.ts';
import { HOLDING_SCHEMA } from '../catalog/grace.ts';
import { markerText, readMarker } from '../catalog/marker.ts';
import { explain, isContention, sqlState } from '../connection/server-error.ts';
import type { Action } from '../job/action.ts';
import { readSnapshot } from '../locking/snapshot.ts';
import { lockTable, type Mode, type TableNow } from '../locking/table-lock.ts';
import { discard, type Ending, inTransaction, keep, type Transaction } from '../locking/transaction.ts';
import { type QueryResult, truthOf } from '../shared/answer.ts';
import { commentSql } from '../shared/ddl.ts';
import { cutoffOf } from '../shared/months.ts';
import { plainName, type QualifiedName } from '../shared/sql.ts';
import type { Course } from './course.ts';
import { hasForeignKeySql, takenSql } from './details.ts';
import { movedBy } from './move.ts';
import { changedMeanwhile, wrongDrop } from './refusals.ts';
import type { RetentionRun } from './run.ts';

/** What a step finds under the table's lock: a `Course` says what it must be. */
type Locked<Result> = (transaction: Transaction, found: TableNow) => Promise<Ending<Result | undefined>>;

/**
 * Locks the course's table, by its OID, and lets `step` do its work in that transaction; undefined from it: try again.
 * @returns `gone` if somebody else has dropped the table.
 */
async function underLock<Result extends object>(
  { connection, settings, retryLocked }: RetentionRun,
  { oid }: Course,
  mode: Mode,
  step: Locked<Result>,
): Promise<Result | 'gone'> {
  const options = { isolation: 'READ COMMITTED', lockTimeoutMs: settings.lockTimeoutMs } as const;
  const { done } = await retryLocked(async () => {
    const done = await inTransaction<Result | 'gone' | undefined>(connection, options, [], async (transaction) => {
      const found = await lockTable(transaction, oid, mode);
      if (found === undefined) return discard(undefined);
      return found === 'gone' ? discard(found) : step(transaction, found);
    });
    return done && { done };
  });
  return done;
}

/**
 * Marks a partition, before anything else is done to it: a crash at any later place leaves nothing that cannot be told. A comment that
 * somebody has written since the survey is kept in the marker, as the one that was there then would have been.
 * @returns the whole comment that it has now.
 * @throws AppError with exit code 7 if it is not the partition that was planned.
 */
export async function mark(run: RetentionRun, course: Course, { statements }: Action): Promise<string | null> {
  const done = await underLock(run, course, 'SHARE UPDATE EXCLUSIVE', async (transaction, found) => {
    const change = changeOfPartition(run, { ...course, comment: found.comment }, found);
    if (change !== undefined) throw changedMeanwhile(found, change);
    const isAsSeen = found.comment === course.comment;
    const marked = isAsSeen ? course.marked : withComment(course.marked, found.comment);
    await transaction.send(...(isAsSeen ? statements : [commentSql(found, marked)]));
    return keep({ marked });
  });
  if (done === 'gone') throw changedMeanwhile(course, 'it was dropped');
  return done.marked;
}

function withComment(marked: string | null, comment: string | null): string {
  const marker = readMarker(marked);
  if (marker?.until === undefined) throw new Error('a marker that was just made cannot be read');
  return markerText({ ...marker, until: marker.until, comment: readMarker(comment)?.comment ?? comment });
}

/**
 * Writes a marker anew, or takes it off. Takes SHARE UPDATE EXCLUSIVE on that table, under which it must be what the list of actions says.
 * @throws AppError with exit code 7 if it is not.
 */
export async function setComment(run: RetentionRun, course: Course, { kind, statements }: Action): Promise<void> {
  const isPartition = kind === 'unmark';
  const done = await underLock(run, course, 'SHARE UPDATE EXCLUSIVE', async (transaction, found) => {
    const change = isPartition
      ? changeOfPartition(run, course, found)
      : changeOfDetached(course, course.comment, found);
    if (change !== undefined) throw changedMeanwhile(found, change);
    await transaction.send(...statements);
    return keep({});
  });
  if (done === 'gone') throw changedMeanwhile(course, 'it was dropped');
}

/** Drops one foreign key of a detached table. One that is gone already is no loss. */
export async function dropKey(run: RetentionRun, course: Course, { statements }: Action): Promise<void> {
  await underLock(run, course, 'ACCESS EXCLUSIVE', async (transaction, found) => {
    requireUntouched(run, course, found);
    try {
      await transaction.send(...statements);
      return keep({});
    } catch (error) {
      if (sqlState(error) === UNDEFINED_OBJECT) return discard({});
      throw error;
    }
  });
}

const UNDEFINED_OBJECT = '42704';

/**
 * Drops a detached table: false if somebody else was faster. Its foreign keys are gone, and it is nobody's partition. Under the
 * lock it must still be the table that was marked; and nothing else of what the survey found may go with it.
 * @throws AppError with exit code 7 if that is not so, or if something of somebody else depends on it.
 */
export async function dropTable(run: RetentionRun, course: Course, action: Action): Promise<boolean> {
  for (;;) {
    const lost = await tryToDrop(run, course, action);
    if (lost === 'gone') return false;
    if (lost === 'as planned') return true;
    const others = lost.filter((oid) => oid !== course.oid);
    const [back] = await readSnapshot(run.connection, run.settings.lockTimeoutMs, existingSql(others));
    // What is gone although the drop was taken back was dropped by somebody else meanwhile.
    if (others.length === 0 || oidsIn(back).length > 0) throw wrongDrop(course, others.length);
  }
}

/** Drops it, and takes that back if anything but the table would be gone: then what that was, by OID. */
async function tryToDrop(
  run: RetentionRun,
  course: Course,
  { statements }: Action,
): Promise<'gone' | 'as planned' | number[]> {
  const look = existingSql([...run.relations, course.oid]);
  const done = await underLock<{ lost: number[] | undefined }>(
    run,
    course,
    'ACCESS EXCLUSIVE',
    async (transaction, found) => {
      requireUntouched(run, course, found);
      const [keys] = await transaction.send(hasForeignKeySql(course.oid));
      if (truthOf(keys, 'found')) throw changedMeanwhile(found, 'it has a foreign key that it did not have');
      const results = await send(transaction, found, [look, ...statements, look]);
      const lost = goneBetween(results[0], results.at(-1));
      return lost.length === 1 && lost[0] === course.oid ? keep({ lost: undefined }) : discard({ lost });
    },
  );
  return done === 'gone' ? done : (done.lost ?? 'as planned');
}

async function send(transaction: Transaction, found: TableNow, statements: readonly string[]): Promise<QueryResult[]> {
  try {
    return await transaction.send(...statements);
  } catch (error) {
    throw isContention(error) ? error : explain(error, `the drop of ${plainName(found)}`);
  }
}

/**
 * Moves a detached table to the holding schema, under ACCESS EXCLUSIVE on that table, which is nobody's partition any more. It
 * keeps its name unless that is taken there.
 * @throws AppError with exit code 7 if somebody has changed it meanwhile.
 */
export async function moveTable(run: RetentionRun, course: Course): Promise<QualifiedName | 'gone'> {
  const { move } = course;
  if (!move) throw new Error('the course has no move');
  return underLock(run, course, 'ACCESS EXCLUSIVE', async (transaction, found) => {
    requireUntouched(run, course, found);
    const [result] = await transaction.send(takenSql(course.oid));
    const taken = new Set(oidsIn(result));
    const { statements, name } = movedBy(move, course.oid, (oid) => taken.has(oid));
    await transaction.send(...statements);
    return keep({ schema: HOLDING_SCHEMA, name });
  });
}

/** @throws AppError with exit code 7 if it is not the detached table that the list of actions is about: then somebody else has plans with it. */
function requireUntouched(run: RetentionRun, course: Course, found: TableNow): void {
  const cutoff = cutoffOf(found.now, run.command.keepMonths);
  const change =
    changeOfDetached(course, course.marked, found) ?? (course.to > cutoff ? 'it is within the retention' : undefined);
  if (change !== undefined) throw changedMeanwhile(found, change);
}

function changeOfDetached(course: Course, comment: string | null, found: TableNow): string | undefined {
  if (found.parent !== null) return 'it is a partition again';
  return changeOf(course, comment, found);
}

function changeOfPartition({ tableOid }: RetentionRun, course: Course, found: TableNow): string | undefined {
  if (found.parent !== tableOid || found.pending) return 'it is no longer a partition of the table';
  if (found.from !== course.from || found.to !== course.to) return 'it has other bounds';
  return changeOf(course, course.comment, found);
}

function changeOf(course: Course, comment: string | null, found: TableNow): string | undefined {
  if (found.comment !== comment) return 'its comment was changed';
  return plainName(found) === plainName(course) ? undefined : `it was called ${plainName(course)}`;
}
