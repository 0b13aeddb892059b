import { AppError, EXIT } from '../errors.ts';
import type { TableNow } from './concurrent-table.ts';
import type { Connection } from './connection.ts';
import { isSevered } from './connection-errors.ts';
import type { Host } from './host.ts';
import type { LockWaits, Patiently } from './lock-budget.ts';
import { type Marker, markedBounds } from './marker.ts';
import { cutoffOf } from './months.ts';
import type { Action } from './report.ts';
import type { RetentionCommand, Settings } from './settings.ts';
import { plainName, type QualifiedName } from './sql.ts';

/** What was done to a table, by its OID, as the report tells it. */
type Deed = { readonly action: Action; readonly reason: string };
export type Deeds = Map<number, Deed>;

/** Of what was worked on when the connection ended: the last statement may have taken effect. */
export const UNKNOWN: Deed = {
  action: 'unknown',
  reason: 'the connection ended while it was worked on; the next run finds out what became of it',
};

/** What every step of a run with concurrent detaches needs. The session's advisory lock is held all along. */
export type ConcurrentRun = {
  readonly host: Host;
  readonly connection: Connection;
  readonly settings: Settings;
  readonly command: RetentionCommand;
  readonly table: QualifiedName;
  readonly tableOid: number;
  /** Owner of the table, who is to own the holding schema. */
  readonly owner: string;
  /** The run's budget for locks. */
  readonly patiently: Patiently;
  readonly waits: LockWaits;
  /** What second phases and their ends have taken of the run's budget for them, in milliseconds. */
  readonly detaching: { spentMs: number };
  /** The database's time at the start of the run, in milliseconds since the epoch. */
  readonly now: number;
  /** Noted as it is done, so that the report of a run that fails later tells it too. */
  readonly deeds: Deeds;
  /** What a person should know although the run goes on. */
  readonly remarks: string[];
  /** What a person must look at, of single tables: the run ends with the first of them, after all others had their turn. */
  readonly refusals: AppError[];
};

/** Works on one table; one that is refused does not stop the others. */
export async function orRefuse({ refusals }: ConcurrentRun, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.exitCode !== EXIT.refused) throw error;
    refusals.push(error);
  }
}

/** Works on one table; if the connection ends meanwhile, the report does not say more than is known. */
export async function orUnknown(
  { deeds }: ConcurrentRun,
  { oid }: { readonly oid: number },
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // What it was known to be by then is still so: a table that was detached may have been dropped since, but is detached.
    if (isSevered(error)) deeds.set(oid, { ...UNKNOWN, action: deeds.get(oid)?.action ?? UNKNOWN.action });
    throw error;
  }
}

/** Counts the time that something takes against the budget for second phases. */
export async function whileDetaching<Result>(
  { host, detaching }: ConcurrentRun,
  work: () => Promise<Result>,
): Promise<Result> {
  const started = host.elapsed();
  try {
    return await work();
  } finally {
    detaching.spentMs += host.elapsed() - started;
  }
}

/** A table that this set's retention has marked; its name is what it was called when it was last seen. */
export type Held = QualifiedName & { readonly oid: number; readonly marker: Marker; readonly comment: string };

/**
 * Under its lock, is it still the table that was marked, taken out of the table and beyond the cutoff?
 * @throws AppError with exit code 7 if not: then somebody else has plans with it.
 */
export function requireUntouched({ command }: ConcurrentRun, held: Held, found: TableNow): void {
  const change = changeOf(command, held, found);
  if (change === undefined) return;
  throw new AppError(EXIT.refused, `${plainName(found)} is not as retention left it and was not touched: ${change}`, {
    advice: 'Look who works on it. The next run looks at what is there and goes on from that.',
  });
}

function changeOf({ keepMonths }: RetentionCommand, held: Held, found: TableNow): string | undefined {
  if (found.parent !== null) return 'it is a partition again';
  if (found.comment !== held.comment) return 'its comment was changed';
  if (markedBounds(held.marker).to > cutoffOf(found.now, keepMonths)) return 'it is within the retention';
  return undefined;
}
