import type { GraceEntry } from '../catalog/grace.ts';
import { restoreCommand } from '../command/restore-command.ts';
import { spellInstant } from '../shared/words.ts';
import type { TableOutcome } from './outcomes.ts';
import type { Line } from './report.ts';

/** A partition in grace as a report's line, under the name that it had as a partition. */
export function graceLine(entry: GraceEntry, outcome: TableOutcome): Line {
  const { partition, from, to, rows, bytes, dropAfter, heldAs } = entry;
  return {
    partition,
    from: spellInstant(from),
    to: spellInstant(to),
    rows,
    bytes,
    ...outcome,
    until: spellInstant(dropAfter),
    heldAs,
  };
}

/**
 * What becomes of it next. `now` and the cutoff (the first instant that is kept; undefined without retention) are in
 * milliseconds since the epoch.
 */
export function waiting(entry: GraceEntry, now: number, cutoff: number | undefined): TableOutcome {
  return { action: 'in-grace', reason: `in ${entry.heldAs}, ${next(entry, now, cutoff)}` };
}

function next(entry: GraceEntry, now: number, cutoff: number | undefined): string {
  const { set, to, dropAfter, isRestoring } = entry;
  if (isRestoring) return `kept because its restore was begun; to finish it: ${restoreCommand(set, entry)}`;
  if (cutoff === undefined) return 'kept because retention is off';
  if (to > cutoff) return `kept because it is within the retention now; to put it back: ${restoreCommand(set, entry)}`;
  return dropAfter > now ? `until ${spellInstant(dropAfter)}` : 'until the next retention, because its grace is over';
}
