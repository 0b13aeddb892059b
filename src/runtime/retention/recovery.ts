import { graceEnd } from '../catalog/grace.ts';
import type { MarkedTable } from '../catalog/marked-tables.ts';
import { type Marker, markedBounds, markerText } from '../catalog/marker.ts';
import { restoreCommand } from '../command/restore-command.ts';
import { commentSql } from '../shared/ddl.ts';
import { plainName } from '../shared/sql.ts';
import { spellInstant } from '../shared/words.ts';

/**
 * What is to be done about a table that bears this set's marker:
 * `again`: it is a partition and still due; it is marked anew when its turn comes · `unmark`: it is in use, and not due ·
 * `finalize`: its detach is pending · `settle`: it is detached, and goes on to grace or to its end · `leave`: nothing may be
 * done, and a person should know why.
 */
export type Recovery =
  | { readonly what: 'again' | 'unmark' | 'finalize' | 'settle'; readonly table: MarkedTable }
  | { readonly what: 'leave'; readonly table: MarkedTable; readonly why: string };

export type Window = {
  /** `schema.name` of the partitioned table. */
  readonly table: string;
  /** OIDs of the partitions that are due. */
  readonly due: ReadonlySet<number>;
  /** First instant that is kept. */
  readonly cutoff: number;
  readonly graceDays: number;
};

/** Decides by what the catalog says now, whatever an earlier run had in mind. */
export function recoveryOf(table: MarkedTable, { table: parent, due, cutoff, graceDays }: Window): Recovery {
  const leave = (why: string): Recovery => ({ what: 'leave', table, why });
  const here = plainName(table);
  if (!table.isOriginal)
    return leave(
      `${here} bears the marker of another table, as a copy of it would, and is left alone; to make it an ordinary table: ${commentSql(table, table.marker.comment)};`,
    );
  if (table.marker.table !== parent)
    return leave(`${here} was marked as a partition of ${table.marker.table}, and is left alone`);
  if (!table.isOwner) return leave(`${here} now belongs to ${table.owner}, and is left alone`);
  if (table.state === 'attached') return { what: due.has(table.oid) ? 'again' : 'unmark', table };
  if (table.state === 'pending') return { what: 'finalize', table };
  if (table.marker.restoring !== undefined) return leave(begun(table, table.marker.restoring, graceDays));
  return isWanted(table, cutoff) ? leave(offer(table)) : { what: 'settle', table };
}

/** Whether the retention as it is now would have kept it. */
export function isWanted({ marker }: MarkedTable, cutoff: number): boolean {
  return markedBounds(marker).to > cutoff;
}

/** Nothing is put back by itself: why it was taken out may not be known here. */
function offer(table: MarkedTable): string {
  const bounds = markedBounds(table.marker);
  return `${plainName(table)}, which held [${spellInstant(bounds.from)}, ${spellInstant(bounds.to)}), is within the retention as it is now and is kept; to put it back: ${restoreCommand(table.marker.set, bounds)}`;
}

/** A restore that ended in the middle is completed, or taken back by a person. */
function begun(table: MarkedTable, since: string, graceDays: number): string {
  const { schema, name, marker } = table;
  const { restoring, ...rest } = marker;
  const held: Omit<Marker, 'until'> & { until: string } = {
    ...rest,
    until: new Date(graceEnd(table, graceDays)).toISOString(),
  };
  const command = restoreCommand(marker.set, markedBounds(marker));
  return `the restore of ${plainName({ schema, name })} was begun at ${spellInstant(Date.parse(since))} and not finished, so it is kept; to finish it: ${command}; to give it back to retention: ${commentSql({ schema, name }, markerText(held))};`;
}
