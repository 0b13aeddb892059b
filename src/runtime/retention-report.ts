import { AppError, EXIT } from '../errors.ts';
import { type Catalog, oidsOf, type Partition } from './catalog.ts';
import type { Outcome } from './job.ts';
import { cutoffOf } from './months.ts';
import { type Line, line, makeReport } from './report.ts';
import type { RetentionCommand } from './settings.ts';
import { listPartitions, spellInstant } from './spell.ts';
import { plainName } from './sql.ts';

export type RetentionFindings = {
  readonly set: string;
  readonly table: string;
  readonly command: RetentionCommand;
  readonly first: Catalog;
  /** The catalog after the last step. */
  readonly last: Catalog;
  readonly planned: readonly Partition[];
  readonly dropped: readonly Partition[];
  readonly detached: readonly Partition[];
  /** Why a real run drops nothing. */
  readonly against: readonly string[];
  readonly failure: AppError | undefined;
};

/** The safety rails have spoken. */
export function refusal(against: readonly string[], planned: number): AppError {
  return new AppError(EXIT.refused, `nothing was dropped: ${against.join('; ')}`, {
    advice: `Look at the status first. Dropping more than half can be allowed for one run: --allow-drops ${planned}. The newest partition and wrong clocks cannot.`,
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

export function retentionReport(findings: RetentionFindings): Outcome {
  const { set, table, command, first, last, planned, against, failure } = findings;
  const cutoff = cutoffOf(first.now, command.keepMonths);
  const [dropped, detached, due] = [oidsOf(findings.dropped), oidsOf(findings.detached), oidsOf(planned)];
  const left = oidsOf(last.partitions);
  const describe = (partition: Partition): Line => {
    const ends = `ends at or before the cutoff ${spellInstant(cutoff)}`;
    if (dropped.has(partition.oid)) return line(partition, 'dropped', ends);
    if (detached.has(partition.oid)) return line(partition, 'detached', `${ends}; its table is still there`);
    if (!left.has(partition.oid)) return line(partition, 'gone', 'another session took it away meanwhile');
    if (due.has(partition.oid)) return line(partition, command.dryRun ? 'would-drop' : 'kept', ends);
    return line(partition, 'kept', whyKept(partition, cutoff));
  };
  const report = makeReport({
    job: 'retention',
    set,
    table,
    dryRun: command.dryRun,
    now: first.now,
    cutoff,
    lines: first.partitions.map(describe),
    missing: [],
    partitions: last.partitions,
    problems: failure ? [failure.message] : against.map((reason) => `a real run would drop nothing: ${reason}`),
  });
  return { report, failure };
}

function whyKept({ isDefault, pending, from }: Partition, cutoff: number): string {
  if (isDefault) return 'the DEFAULT partition is never dropped';
  if (pending) return 'a detach of it is pending';
  return from < cutoff ? 'straddles the cutoff' : 'is within the retention';
}
