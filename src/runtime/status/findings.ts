import type { Partition } from '../catalog/catalog.ts';
import type { GraceEntry } from '../catalog/grace.ts';
import { isInUse, type MarkedTable } from '../catalog/marked-tables.ts';
import { restoreCommand } from '../command/restore-command.ts';
import type { StatusCommand } from '../command/settings.ts';
import type { ReportFinding } from '../job/report.ts';
import { finalizeSql } from '../shared/ddl.ts';
import { type Month, monthName } from '../shared/months.ts';
import type { QualifiedName } from '../shared/sql.ts';
import { listPartitions } from '../shared/words.ts';

/** What `status` has read of a partition set. Instants are milliseconds since the epoch. */
export type Seen = {
  readonly set: string;
  readonly table: QualifiedName;
  readonly now: number;
  readonly partitions: readonly Partition[];
  readonly marked: readonly MarkedTable[];
  readonly entries: readonly GraceEntry[];
  readonly missing: readonly Month[];
  /** Why retention would drop nothing; undefined if it would, or if nothing is due. */
  readonly suspicion: string | undefined;
};

/** What the jobs do not mend by themselves: what is wrong, with what follows from it, and the command that mends it. */
export function findingsOf(seen: Seen, command: StatusCommand): ReportFinding[] {
  return [
    ...missingMonths(seen),
    ...pendingDetaches(seen, command),
    ...suspectedClocks(seen),
    ...unfinishedRestores(seen),
  ];
}

function missingMonths({ set, missing }: Seen): ReportFinding[] {
  if (missing.length === 0) return [];
  return [
    {
      kind: 'missing-month',
      what: `there is no complete partition for ${missing.map(monthName).join(', ')}: rows of that time are refused`,
      fix: `Run the ensure job: ${set}-ensure-partitions.sh`,
    },
  ];
}

/** The next retention finishes a detach that a retention has begun, unless the months are in use. All others wait for a person. */
function pendingDetaches({ table, now, partitions, marked }: Seen, command: StatusCommand): ReportFinding[] {
  const isMended = ({ oid }: Partition) =>
    command.keepMonths !== undefined &&
    marked.some((one) => one.oid === oid && one.isOriginal && one.isOwner && !isInUse(one, now, command.monthsAhead));
  return partitions
    .filter((partition) => partition.pending && !isMended(partition))
    .map((partition) => ({
      kind: 'pending-detach',
      what: `a detach of ${listPartitions([partition])} is pending: its rows are hidden, new ones are refused, and no other partition can be detached`,
      fix: `Finish it: ${finalizeSql(table, partition)};`,
    }));
}

function suspectedClocks({ suspicion }: Seen): ReportFinding[] {
  if (suspicion === undefined) return [];
  return [
    {
      kind: 'suspected-clock',
      what: `retention would drop nothing: ${suspicion}`,
      fix: 'Compare the clocks of host and database with the true time (date; SELECT now();), and see whether rows still arrive.',
    },
  ];
}

function unfinishedRestores({ entries }: Seen): ReportFinding[] {
  return entries
    .filter(({ isRestoring }) => isRestoring)
    .map((entry) => ({
      kind: 'unfinished-restore',
      what: `a restore of ${entry.partition} was begun and not finished: its rows are in ${entry.heldAs}, and no retention drops it`,
      fix: `Finish it: ${restoreCommand(entry.set, entry)}`,
    }));
}
