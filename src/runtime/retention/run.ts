import { AppError } from '../../errors.ts';
import type { RetentionCommand, Settings } from '../command/settings.ts';
import type { Connection } from '../connection/connection.ts';
import { isSevered } from '../connection/errors.ts';
import { type TableOutcomes, UNKNOWN } from '../job/outcomes.ts';
import type { LockRetry, LockWaits } from '../locking/retry.ts';
import type { Host } from '../shared/host.ts';
import type { QualifiedName } from '../shared/sql.ts';

/** What every step of a run needs. */
export type RetentionRun = {
  readonly host: Host;
  readonly connection: Connection;
  readonly settings: Settings;
  readonly command: RetentionCommand;
  readonly table: QualifiedName;
  readonly tableOid: number;
  /** Every relation that the survey found: none of them may go but the one that is to go. */
  readonly relations: readonly number[];
  /** The run's budget for locks. */
  readonly retryLocked: LockRetry;
  readonly waits: LockWaits;
  /** What second phases and their ends have taken of the run's budget for them, in milliseconds. */
  readonly detaching: { spentMs: number };
  /** Noted as it is done, so that the report of a run that fails later tells it too. */
  readonly outcomes: TableOutcomes;
  /** Why a table was not brought to the end that the list of actions names, by its OID. */
  readonly undone: Map<number, string>;
  /** What a person must look at, of single tables: the run ends with the first of them, after all others had their turn. */
  readonly refusals: AppError[];
};

/** Works on one table; one that is refused does not stop the others. If the connection ends meanwhile, no more is told than is known. */
export async function workOn(
  { refusals, outcomes, undone }: RetentionRun,
  { oid }: { readonly oid: number },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // What it was known to be by then is still so: a table that was detached may have been dropped since, but is detached.
    if (isSevered(error)) outcomes.set(oid, { ...UNKNOWN, action: outcomes.get(oid)?.action ?? UNKNOWN.action });
    if (!(error instanceof AppError) || error.kind !== 'refused') throw error;
    undone.set(oid, error.message);
    refusals.push(error);
  }
}

/** Counts the time that something takes against the budget for second phases. */
export async function whileDetaching<Result>(
  { host, detaching }: RetentionRun,
  work: () => Promise<Result>,
): Promise<Result> {
  const started = host.elapsed();
  try {
    return await work();
  } finally {
    detaching.spentMs += host.elapsed() - started;
  }
}
