import { AppError } from '../../errors.ts';
import type { Partition } from '../catalog/catalog.ts';
import { finalizeSql } from '../shared/ddl.ts';
import { plainName, type QualifiedName } from '../shared/sql.ts';
import { count, listPartitions } from '../shared/words.ts';

/*
 * Every way in which a retention ends with exit code 7, but for what all jobs refuse. Those of one table stop the work on that table
 * alone; all others stop the run.
 */

/** A safety rail stops all drops. */
export const nothingDropped = (reasons: readonly string[], isDryRun: boolean): AppError =>
  new AppError('refused', `nothing ${isDryRun ? 'would be' : 'was'} dropped: ${reasons.join('; ')}`, {
    advice:
      'Look at the status first. Where a reason names an option, that option allows it for one run. Every other reason must be mended. Until then all partitions stay.',
  });

/** A detach that an earlier run began is pending, and the months of its table are in use. */
export const pendingInUse = (table: QualifiedName, pending: QualifiedName): AppError =>
  new AppError(
    'refused',
    `a detach of ${plainName(pending)} is pending, and its months are in use: their rows are hidden, and new ones refused`,
    {
      advice: `Finish it with: ${finalizeSql(table, pending)}; then attach the table again, or let ensure make a new partition.`,
    },
  );

/** Somebody has changed a table between the survey and the lock. */
export const changedMeanwhile = (table: QualifiedName, change: string): AppError =>
  new AppError(
    'refused',
    `${plainName(table)} is not what it was when this run began, and was not touched: ${change}`,
    { advice: 'Look who works on it. The next run looks at what is there and goes on from that.' },
  );

/** `others`: how many more tables of the partition set would have gone with it. */
export const wrongDrop = (table: QualifiedName, others: number): AppError =>
  new AppError(
    'refused',
    others > 0
      ? `the drop of ${plainName(table)} would have taken ${count(others, 'other table')} of this partition set with it, and was rolled back`
      : `the drop of ${plainName(table)} did not drop that table, and was rolled back`,
    { advice: 'Look for event triggers, and for another table that has taken its name.' },
  );

/** PostgreSQL reported a detach as done, and the table is a partition. */
export const attachedAgain = (table: QualifiedName): AppError =>
  new AppError('refused', `${plainName(table)} is a partition although it was detached without an error`, {
    advice:
      'Another session has attached it again, or another table has taken its name. The next run looks at what is there.',
  });

/** The function did something that the run did not ask for. */
export const functionMisbehaved = (routine: QualifiedName, faults: readonly string[]): AppError =>
  new AppError(
    'refused',
    `${plainName(routine)} did what it should not, and it was rolled back: ${faults.join('; ')}`,
    { advice: 'Correct the function before the next run.' },
  );

/** The function changed something although it was called as a dry run. */
export const functionChangedInDryRun = (routine: QualifiedName, faults: readonly string[]): AppError =>
  new AppError('refused', `${plainName(routine)} changed something in a dry run: ${faults.join('; ')}`, {
    advice: 'It was rolled back. Correct the function before it runs for real.',
  });

/** The function left partitions that are due. */
export const functionLeft = (routine: QualifiedName, left: readonly Partition[]): AppError =>
  new AppError('refused', `${plainName(routine)} did not drop ${listPartitions(left)}`, {
    advice: 'Look at the function: these partitions end at or before the cutoff.',
  });

/** The months that were planned are no longer those that are due. */
export const clockJumped = (): AppError =>
  new AppError('refused', 'the database’s clock has moved by more than a month since this run began', {
    advice: 'Look at the clock of the database’s host. The next run begins anew.',
  });

/** Grace needs concurrent detaches. */
export const graceImpossible = (reason: string, help: string): AppError =>
  new AppError('refused', `graceDays needs concurrent detaches, because the function drops at once: ${reason}`, {
    advice: `${help}Or set graceDays: 0 in the spec.`,
  });
