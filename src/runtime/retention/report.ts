import type { AppError } from '../../errors.ts';
import { type Catalog, oidsOf, type Partition } from '../catalog/catalog.ts';
import { graceEntries } from '../catalog/grace.ts';
import { graceLine, waiting } from '../job/grace-line.ts';
import type { Outcome } from '../job/job.ts';
import { type TableOutcome, UNKNOWN } from '../job/outcomes.ts';
import { type Action, type Line, line, makeReport, type Plan } from '../job/report.ts';
import { plainName } from '../shared/sql.ts';
import { listPartitions, spellInstant } from '../shared/words.ts';
import type { RetentionActions } from './actions.ts';
import type { Course } from './course.ts';
import { dueBecause } from './facts.ts';
import type { RetentionRun } from './run.ts';
import type { Survey } from './survey.ts';

export type RetentionFindings = {
  readonly run: RetentionRun;
  /** What was there at the start. */
  readonly first: Survey;
  readonly actions: RetentionActions;
  /** The catalog at the end. */
  readonly last: Catalog;
  /** What the run ends with first, or a real one would. */
  readonly failures: readonly AppError[];
  /** For a dry run. */
  readonly plan?: Plan;
};

export function retentionReport(findings: RetentionFindings): Outcome {
  const { run, first, actions, last, failures, plan } = findings;
  const { settings, command, table, waits } = run;
  const { catalog, cutoff, strategy } = first;
  const [failure] = failures;
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
    settings: catalog.settings,
    lines: [...linesInGrace(findings), ...catalog.partitions.map((partition) => lineOf(findings, partition))],
    missing: [],
    partitions: last.partitions,
    problems: [
      ...failures.map(({ message }) => message),
      ...actions.remarks,
      ...(failure ? [] : othersPending(first, last)),
    ],
  });
  return { report, failure };
}

/** What is due and stays, because somebody who is not this set's retention has begun to detach it. */
function othersPending({ marked, cutoff }: Survey, { partitions }: Catalog): string[] {
  const ours = new Set(marked.map(({ oid }) => oid));
  return partitions
    .filter(({ oid, pending, to }) => pending && to <= cutoff && !ours.has(oid))
    .map(
      (partition) =>
        `somebody else's detach of ${listPartitions([partition])} is pending: its rows are hidden, and it stays`,
    );
}

/** What was done to a table, or will be, or why nothing was; undefined of one that nothing is to be done to. */
function fateOf(
  { run, actions, failures }: RetentionFindings,
  oid: number,
  unchanged: 'kept' | 'in-grace',
): TableOutcome | undefined {
  const { outcomes, undone, command } = run;
  const course = actions.courses.find((one) => one.oid === oid);
  const outcome = outcomes.get(oid) ?? (course && command.dryRun ? foretold(course) : undefined);
  const why = undone.get(oid) ?? (course && !isDone(course, outcome) ? failures[0]?.message : undefined);
  // Of what the connection's end has cut off nobody knows whether it was done.
  const isTold = why === undefined || command.dryRun || outcome?.reason === UNKNOWN.reason;
  if (outcome) return isTold ? outcome : { ...outcome, reason: `${outcome.reason}; not done: ${why}` };
  if (course) return { action: unchanged, reason: `${course.why}; not done: ${why}` };
  const left = actions.left.find((one) => one.oid === oid);
  return left && { action: unchanged, reason: left.why };
}

const DONE_AS: Readonly<Record<Course['endsAs'], readonly Action[]>> = {
  dropped: ['dropped'],
  'in-grace': ['detached', 'in-grace', 'dropped'],
  detached: ['finalized', 'detached'],
  unmarked: ['restored'],
  kept: ['in-grace'],
};

const isDone = ({ endsAs }: Course, outcome: TableOutcome | undefined) =>
  outcome !== undefined && outcome.action !== 'unknown' && DONE_AS[endsAs].includes(outcome.action);

function foretold({ endsAs, why, until, actions }: Course): TableOutcome {
  switch (endsAs) {
    case 'dropped':
      return { action: 'would-drop', reason: why };
    case 'in-grace':
      return actions.some(({ kind }) => kind === 'move')
        ? { action: 'would-detach', reason: `${why}; then in grace until ${spellInstant(until)}` }
        : { action: 'in-grace', reason: `${why}: ${spellInstant(until)}` };
    case 'detached':
      return { action: 'would-finalize', reason: why };
    case 'unmarked':
      return { action: 'would-restore', reason: why };
    case 'kept':
      return { action: 'in-grace', reason: why };
  }
}

function lineOf(findings: RetentionFindings, partition: Partition): Line {
  const { run, first, last, actions, failures } = findings;
  const { cutoff, planned } = first;
  const fate = fateOf(findings, partition.oid, 'kept');
  if (fate) return line(partition, fate.action, fate.reason);
  const isLeft = last.partitions.some(({ oid }) => oid === partition.oid);
  if (!isLeft) return line(partition, 'gone', 'another session took it away meanwhile');
  if (!planned.includes(partition)) return line(partition, 'kept', whyKept(partition, cutoff));
  // What is due and has no course goes by the function.
  if (run.command.dryRun && actions.calls.length > 0) return line(partition, 'would-drop', dueBecause(cutoff));
  return line(partition, 'kept', `${dueBecause(cutoff)}; not done: ${failures[0]?.message ?? 'it was attached again'}`);
}

/** Tables that earlier runs have detached, under the names that they had as partitions. */
function linesInGrace(findings: RetentionFindings): Line[] {
  const { marked, catalog, cutoff } = findings.first;
  const partitions = oidsOf(catalog.partitions);
  const detached = marked.filter(({ oid }) => !partitions.has(oid));
  return graceEntries(detached, findings.run.command.graceDays).map((entry) =>
    graceLine(entry, fateOf(findings, entry.oid, 'in-grace') ?? waiting(entry, catalog.now, cutoff)),
  );
}

function whyKept({ isDefault, pending, from }: Partition, cutoff: number): string {
  if (isDefault) return 'the DEFAULT partition is never dropped';
  if (pending) return 'a detach of it is pending';
  return from < cutoff ? 'straddles the cutoff' : 'is within the retention';
}
