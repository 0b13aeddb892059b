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
import { type Line, line, makeReport, type ReportFinding } from '../job/report.ts';
import { lockAdvice } from '../locking/advice.ts';
import { createLockRetry } from '../locking/retry.ts';
import { readSnapshot } from '../locking/snapshot.ts';
import { cutoffOf, monthsFrom } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { count, listPartitions } from '../shared/words.ts';
import { findingsOf } from './findings.ts';

/** Shows the partition set. Its failure (exit code 1) is that a person is needed. */
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
  const isDue = isAnythingDue(partitions, entries, now, cutoff);
  const suspicion =
    command.idle || !isDue ? undefined : idleObjection([...partitions, ...detachedPartitions(marked, table)], now);
  const findings = findingsOf({ set, table, now, partitions, marked, entries, missing, suspicion }, command);
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
    findings,
    problems: [...findings.map(({ what }) => what), ...remarks(partitions, findings)],
  });
  return { report, failure: failureOf(findings) };
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

/** Exit code 1: a person is needed. */
function failureOf(findings: readonly ReportFinding[]): AppError | undefined {
  const [first, ...others] = findings;
  if (!first) return undefined;
  if (others.length === 0) return new AppError('differences', first.what, { advice: first.fix });
  const lines = findings.map(({ what, fix }) => `- ${what}\n  → ${fix}`);
  return new AppError('differences', [`${findings.length} things need a person:`, ...lines].join('\n'));
}

/** What a person should know although the jobs go on. */
function remarks(partitions: readonly Partition[], findings: readonly ReportFinding[]): string[] {
  const isFound = findings.some(({ kind }) => kind === 'pending-detach');
  const pending = isFound ? [] : partitions.filter((partition) => partition.pending);
  const fallback = partitions.find(({ isDefault }) => isDefault);
  return [
    ...(pending.length > 0
      ? [
          `a detach of ${listPartitions(pending)} is pending: its rows are hidden, and new ones are refused. The next retention finishes it`,
        ]
      : []),
    ...(fallback
      ? [
          `there is a DEFAULT partition with ${fallback.rows === null ? 'an unknown number of rows' : `about ${count(fallback.rows, 'row')}`}: creating a month locks and scans it, and fails if it holds rows of that month`,
        ]
      : []),
  ];
}
