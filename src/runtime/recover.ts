import { AppError, EXIT } from '../errors.ts';
import { oidsOf } from './catalog.ts';
import { type ConcurrentRun, orRefuse, orUnknown } from './concurrent-run.ts';
import { finalize, finalizeSql } from './detach-finalize.ts';
import { unmark } from './detach-mark.ts';
import { dropAfter, HOLDING_SCHEMA } from './grace.ts';
import type { MarkedTable } from './marked-tables.ts';
import { isInUse, isWanted, type Recovery, recoveryOf } from './recover-plan.ts';
import type { Survey } from './retention-survey.ts';
import { settle } from './settle.ts';
import { plainName } from './sql.ts';

/** A pending detach first: while there is one, nothing else can be detached, and its rows are hidden. */
const ORDER = ['finalize', 'unmark', 'again', 'settle', 'leave'] as const;

/** What is to be done about each table that bears this set's marker, in the order in which it is done. */
export function recoveries({ marked, planned, cutoff }: Survey, table: string): Recovery[] {
  const due = oidsOf(planned);
  return marked
    .map((one) => recoveryOf(one, { table, due, cutoff }))
    .sort((a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what));
}

/**
 * Goes on where earlier runs have stopped, whatever stopped them. What was done is noted in the run's deeds.
 * @throws AppError with exit code 7 for a pending detach of months that are in use, 8 if others hold locks for too long.
 */
export async function recover(run: ConcurrentRun, survey: Survey): Promise<void> {
  for (const recovery of recoveries(survey, plainName(run.table))) {
    if (recovery.what === 'leave') run.remarks.push(recovery.why);
    else await orUnknown(run, recovery.table, () => bringOn(run, recovery, survey.cutoff));
  }
}

async function bringOn(run: ConcurrentRun, { what, table }: Recovery, cutoff: number): Promise<void> {
  if (what === 'unmark') await takeMarkOff(run, table);
  if (what === 'finalize') await finish(run, table, cutoff);
  if (what === 'settle') await orRefuse(run, () => goOn(run, table));
}

async function takeMarkOff(run: ConcurrentRun, table: MarkedTable): Promise<void> {
  await unmark(run, table);
  run.deeds.set(table.oid, { action: 'restored', reason: 'is a partition and not due; its marker was taken off' });
}

async function finish(run: ConcurrentRun, table: MarkedTable, cutoff: number): Promise<void> {
  const { settings, now } = run;
  const isKept = isWanted(table, cutoff);
  if (isKept && isInUse(table, now, settings.ensure?.monthsAhead ?? 0))
    throw new AppError(
      EXIT.refused,
      `a detach of ${plainName(table)} is pending, and its months are in use: their rows are hidden, and new ones refused`,
      {
        advice: `Finish it with: ${finalizeSql(run.table, table)}; then attach the table again, or let ensure make a new partition.`,
      },
    );
  await finalize(run, table);
  const reason = 'an earlier run had begun to detach it';
  run.deeds.set(table.oid, { action: 'finalized', reason });
  if (!isKept) await orRefuse(run, () => settle(run, table, reason));
}

/** A table that waits for the end of its grace is left where it is. */
async function goOn(run: ConcurrentRun, table: MarkedTable): Promise<void> {
  const { command, now } = run;
  const isOver = command.graceDays === 0 || now >= dropAfter(table.marker, command.graceDays);
  if (!isOver && table.schema === HOLDING_SCHEMA) return;
  await settle(run, table, isOver ? 'its grace is over' : 'an earlier run had detached it');
}
