import { AppError } from '../../errors.ts';
import { candidates, type Partition, readCatalog } from '../catalog/catalog.ts';
import { missingMonths } from '../catalog/coverage.ts';
import { type GraceEntry, graceEntries } from '../catalog/grace.ts';
import { idleObjection } from '../catalog/idle.ts';
import { detachedPartitions, markedTablesSql, readMarkedTables } from '../catalog/marked-tables.ts';
import { requireTable } from '../catalog/preconditions.ts';
import { catalogSql } from '../catalog/query.ts';
import type { StatusCommand } from '../command/settings.ts';
import { graceLine, waiting } from '../job/grace-line.ts';
import type { Job, Outcome } from '../job/job.ts';
import { type Line, line, makeReport } from '../job/report.ts';
import { lockAdvice } from '../locking/advice.ts';
import { createLockRetry } from '../locking/retry.ts';
import { readSnapshot } from '../locking/snapshot.ts';
import { cutoffOf, monthName, monthsFrom } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { count, listPartitions } from '../shared/words.ts';

/** Shows the partition set. Its failure (exit code 1) is that the current or a wanted month is missing. */
export async function status({ host, settings, connection }: Job, command: StatusCommand): Promise<Outcome> {
  const { set, table, lockTimeoutMs, lockWaitMs } = settings;
  const retryLocked = createLockRetry(host, lockWaitMs, lockAdvice(table));
  const [seen, bearers] = await retryLocked(() =>
    readSnapshot(connection, lockTimeoutMs, catalogSql(table, undefined, 'sizes'), markedTablesSql),
  );
  const [catalog, marked] = [readCatalog(seen), readMarkedTables(bearers, set)];
  requireTable(catalog, table);
  const { now, partitions } = catalog;
  const cutoff = command.keepMonths === undefined ? undefined : cutoffOf(now, command.keepMonths);
  const missing = missingMonths(partitions, monthsFrom(now, command.monthsAhead));
  const entries = graceEntries(marked, command.graceDays);
  const lack = `there is no complete partition for ${missing.map(monthName).join(', ')}`;
  const report = makeReport({
    job: 'status',
    set,
    table: plainName(table),
    dryRun: true,
    now,
    cutoff,
    lines: [
      ...entries.map((entry) => graceLine(entry, waiting(entry, now, cutoff))),
      ...partitionLines(partitions, cutoff),
    ],
    missing,
    settings: catalog.settings,
    partitions,
    problems: [
      ...(missing.length > 0 ? [lack] : []),
      ...oddities(partitions),
      ...suspicions(
        command,
        [...partitions, ...detachedPartitions(marked, table)],
        isAnythingDue(partitions, entries, now, cutoff),
        now,
      ),
    ],
  });
  const failure = missing.length > 0 ? new AppError('differences', lack, { advice: 'Run the ensure job.' }) : undefined;
  return { report, failure };
}

function partitionLines(partitions: readonly Partition[], cutoff: number | undefined): Line[] {
  const due = cutoff === undefined ? [] : candidates(partitions, cutoff);
  return partitions.map((partition) => {
    if (partition.isDefault) return line(partition, 'kept', 'DEFAULT partition');
    if (partition.pending) return line(partition, 'kept', 'detach pending');
    if (due.includes(partition)) return line(partition, 'would-drop', 'beyond the cutoff');
    return line(partition, 'kept', 'attached');
  });
}

/** Whether a retention would drop something: a partition beyond the cutoff, or one whose grace is over. */
function isAnythingDue(
  partitions: readonly Partition[],
  entries: readonly GraceEntry[],
  now: number,
  cutoff: number | undefined,
): boolean {
  if (cutoff === undefined) return false;
  return (
    candidates(partitions, cutoff).length > 0 ||
    entries.some(({ to, dropAfter, isRestoring }) => to <= cutoff && dropAfter <= now && !isRestoring)
  );
}

/** What retention would refuse to drop anything for. */
function suspicions({ idle }: StatusCommand, contents: readonly Partition[], isDue: boolean, now: number): string[] {
  if (idle || !isDue) return [];
  const objection = idleObjection(contents, now);
  return objection === undefined ? [] : [`retention would drop nothing: ${objection}`];
}

/** What a person should know although the jobs go on. */
function oddities(partitions: readonly Partition[]): string[] {
  const pending = partitions.filter((partition) => partition.pending);
  const fallback = partitions.find(({ isDefault }) => isDefault);
  return [
    ...(pending.length > 0
      ? [`a detach is pending, so the rows of ${listPartitions(pending)} are hidden and its time is closed to writes`]
      : []),
    ...(fallback
      ? [
          `there is a DEFAULT partition with ${fallback.rows === null ? 'an unknown number of rows' : `about ${count(fallback.rows, 'row')}`}: creating a month locks and scans it, and fails if it holds rows of that month`,
        ]
      : []),
  ];
}
