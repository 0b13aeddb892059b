import { AppError, EXIT } from '../errors.ts';
import { type Catalog, oidsOf, type Partition } from './catalog.ts';
import type { ConcurrentRun } from './concurrent-run.ts';
import { graceEntries } from './grace.ts';
import { graceLine, waiting } from './grace-line.ts';
import type { Outcome } from './job.ts';
import { type Line, line, makeReport, type Plan } from './report.ts';
import type { Survey } from './retention-survey.ts';
import type { RetentionCommand } from './settings.ts';
import { count, listPartitions, spellInstant } from './spell.ts';
import { plainName } from './sql.ts';

export type RetentionFindings = {
  readonly run: ConcurrentRun;
  /** What was there at the start. */
  readonly first: Survey;
  /** The catalog at the end. */
  readonly last: Catalog;
  /** Why a real run drops nothing. */
  readonly against: readonly string[];
  readonly failure: AppError | undefined;
  /** For a dry run. */
  readonly plan?: Plan;
};

/** The safety rails have spoken. */
export function refusal(against: readonly string[]): AppError {
  return new AppError(EXIT.refused, `nothing was dropped: ${against.join('; ')}`, {
    advice: 'Look at the status first. Only what names an option can be allowed; the rest must be mended.',
  });
}

/** The error if the function did less than was planned. */
export function leftovers(
  command: RetentionCommand,
  planned: readonly Partition[],
  last: Catalog,
): AppError | undefined {
  const oids = oidsOf(last.partitions);
  const left = planned.filter(({ oid }) => oids.has(oid));
  if (left.length === 0) return undefined;
  return new AppError(EXIT.refused, `${plainName(command.function)} did not drop ${listPartitions(left)}`, {
    advice: 'Look at the function: these partitions end at or before the cutoff.',
  });
}

/** Why a candidate goes. */
export function dueBecause(cutoff: number): string {
  return `ends at or before the cutoff ${spellInstant(cutoff)}`;
}

export function retentionReport({ run, first, last, against, failure, plan }: RetentionFindings): Outcome {
  const { settings, command, table, waits, remarks } = run;
  const { catalog, cutoff, strategy } = first;
  const report = makeReport({
    job: 'retention',
    set: settings.set,
    table: plainName(table),
    dryRun: command.dryRun,
    now: catalog.now,
    cutoff,
    strategy,
    plan,
    lockWaits: waits.count,
    lines: [
      ...linesInGrace(run, first),
      ...catalog.partitions.map((partition) => describe(run, first, last, partition)),
    ],
    missing: [],
    partitions: last.partitions,
    problems: [
      ...(failure ? [failure.message] : against.map((reason) => `a real run would drop nothing: ${reason}`)),
      ...remarks,
      ...(failure || against.length > 0 ? [] : strangersPending(first, last)),
    ],
  });
  return { report, failure };
}

/** What is due and stays, because somebody who is not this set's retention has begun to detach it. */
function strangersPending({ marked, cutoff }: Survey, { partitions }: Catalog): string[] {
  const ours = new Set(marked.map(({ oid }) => oid));
  return partitions
    .filter(({ oid, pending, to }) => pending && to <= cutoff && !ours.has(oid))
    .map(
      (partition) =>
        `somebody else's detach of ${listPartitions([partition])} is pending: its rows are hidden, and it stays`,
    );
}

function describe(
  { deeds, command }: ConcurrentRun,
  { planned, cutoff, strategy }: Survey,
  last: Catalog,
  partition: Partition,
): Line {
  const deed = deeds.get(partition.oid);
  if (deed) return line(partition, deed.action, deed.reason);
  const isLeft = last.partitions.some(({ oid }) => oid === partition.oid);
  if (!isLeft) return line(partition, 'gone', 'another session took it away meanwhile');
  if (!planned.includes(partition)) return line(partition, 'kept', whyKept(partition, cutoff));
  if (!command.dryRun) return line(partition, 'kept', dueBecause(cutoff));
  if (strategy.chosen === 'function' || command.graceDays === 0)
    return line(partition, 'would-drop', dueBecause(cutoff));
  return line(partition, 'would-detach', `${dueBecause(cutoff)}; then in grace for ${count(command.graceDays, 'day')}`);
}

/** Tables that earlier runs have detached, under the names that they had as partitions. */
function linesInGrace({ deeds, command }: ConcurrentRun, { marked, catalog, cutoff }: Survey): Line[] {
  const partitions = oidsOf(catalog.partitions);
  const detached = marked.filter(({ oid }) => !partitions.has(oid));
  return graceEntries(detached, command.graceDays).map((entry) =>
    graceLine(entry, deeds.get(entry.oid) ?? waiting(entry, catalog.now, cutoff)),
  );
}

function whyKept({ isDefault, pending, from }: Partition, cutoff: number): string {
  if (isDefault) return 'the DEFAULT partition is never dropped';
  if (pending) return 'a detach of it is pending';
  return from < cutoff ? 'straddles the cutoff' : 'is within the retention';
}
