import type { HostStatus, JobStatus, PartitionsStatus } from '../install/job-status.ts';
import { tellDrift } from './drift-text.ts';
import { type Problem, tellResult } from './job-status-problems.ts';
import { spellDistance, spellMoment, spellSpan } from './span.ts';

/** Control characters, which a job's output may hold, must not reach a terminal. */
const printable = (text: string): string => text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, '?');

const isDrifted = ({ drift }: JobStatus): boolean => drift.some(({ is }) => is !== 'drop-in');

function installed(job: JobStatus): string {
  if (!job.installed) return 'not installed';
  return isDrifted(job) ? 'drifted' : 'installed';
}

function lastRun({ lastRun }: JobStatus): string {
  if (!lastRun) return 'none known';
  const { startedAt, endedAt } = lastRun;
  const took = endedAt === undefined ? '' : ` in ${spellSpan(endedAt - startedAt)}`;
  return `${spellMoment(startedAt)}, ${tellResult(lastRun)}${took}`;
}

/** The journal and systemd know a success exactly; a timer knows only that it fired. */
function lastSuccess({ lastSuccess, lastTrigger }: JobStatus, now: number): string {
  if (lastSuccess) return spellDistance(lastSuccess.at, now);
  return lastTrigger === undefined
    ? 'none known'
    : `unknown; timer last fired or first started ${spellDistance(lastTrigger, now)}`;
}

const nextRun = ({ nextRun }: JobStatus, now: number): string =>
  nextRun === undefined ? 'none' : `${spellMoment(nextRun)}, ${spellDistance(nextRun, now)}`;

/** What is told of each job: in an image nothing runs. */
const FACTS: ReadonlyArray<readonly [string, 'everywhere' | 'live', (job: JobStatus, now: number) => string]> = [
  ['JOB', 'everywhere', ({ unit }) => unit],
  ['FILES', 'everywhere', installed],
  ['ENABLED', 'everywhere', ({ enabled }) => enabled],
  ['ACTIVE', 'live', ({ active }) => active ?? 'unknown'],
  ['LAST RUN', 'live', lastRun],
  ['LAST SUCCESS', 'live', lastSuccess],
  ['NEXT RUN', 'live', nextRun],
];

/** On a terminal one line a job, with headings; else one line a fact, each with its job, for programs that read lines. */
function listJobs({ jobs, isLive }: HostStatus, now: number, isTerminal: boolean): string {
  const facts = FACTS.filter(([, where]) => isLive || where === 'everywhere');
  const headings = facts.map(([heading]) => heading);
  const rows = jobs.map((job) => facts.map(([, , tell]) => tell(job, now)));
  if (!isTerminal)
    return rows
      .flatMap(([unit, ...cells]) => cells.map((cell, at) => `${unit}: ${headings[at + 1]?.toLowerCase()}: ${cell}\n`))
      .join('');
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function partitionLine(status: PartitionsStatus): string[] {
  if (status.is !== 'read') return [];
  const { set, missing, runwayDays, runwayUntil } = status;
  const runway =
    runwayUntil === null
      ? 'no runway'
      : `runway ${runwayDays === null ? 'without end' : `${runwayDays} day${runwayDays === 1 ? '' : 's'}, until ${runwayUntil}`}`;
  return [`${set}: ${missing.length === 0 ? 'no month missing' : `missing ${missing.join(', ')}`}; ${runway}`];
}

const dropIns = (jobs: readonly JobStatus[]): string[] =>
  jobs
    .flatMap(({ drift }) => drift.filter(({ is }) => is === 'drop-in'))
    .map(tellDrift)
    .map(({ path, what }) => `${path}: ${what}`);

const section = (title: string, entries: readonly string[]): string =>
  entries.length === 0 ? '' : `\n${title}\n${entries.map((entry) => `  ${entry}\n`).join('')}`;

/** The status for a person. A fix that several problems have in a row is told once. */
export function statusText(status: HostStatus, problems: readonly Problem[], now: number, isTerminal: boolean): string {
  const { jobs, partitions, notSeen } = status;
  const failures = jobs.filter(({ journal }) => journal.length > 0);
  return [
    jobs.length === 0 ? '' : listJobs(status, now, isTerminal),
    section('Partitions:', partitions.flatMap(partitionLine)),
    section('Drop-ins:', dropIns(jobs)),
    ...failures.map(({ unit, journal }) => section(`Last lines of ${unit}:`, journal.map(printable))),
    section('Not seen:', [
      ...notSeen,
      ...partitions.flatMap((set) => (set.is === 'not seen' ? [`partitions of ${set.set}: ${set.why}`] : [])),
    ]),
    section(
      'Needs a person:',
      problems.flatMap(({ what, fix }, index) => [
        printable(what),
        ...(problems[index + 1]?.fix === fix ? [] : [`→ ${fix}`]),
      ]),
    ),
  ].join('');
}
