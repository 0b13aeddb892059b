import { spellSpan } from '../../duration.ts';
import type { Drift } from '../../install/drift/drift.ts';
import type { HostStatus, JobStatus, PartitionsStatus } from '../../install/status/status.ts';
import { driftText } from '../drift/text.ts';
import { printable } from '../printable.ts';
import { spellDistance, spellMoment } from '../span.ts';
import type { Problem } from './problems.ts';

const FILE_DRIFT: ReadonlyArray<Drift['is']> = ['missing', 'blocked', 'contents', 'mode', 'owner'];

function files({ installed, drift }: JobStatus): string {
  if (!installed) return 'not installed';
  return drift.some(({ is }) => FILE_DRIFT.includes(is)) ? 'drifted' : 'installed';
}

const timer = ({ enabled, active }: JobStatus): string => (active === undefined ? enabled : `${enabled}, ${active}`);

/** What a job's runs came to. `spell` spells an instant. */
type Spell = (instant: number) => string;

function lastRun({ lastRun }: JobStatus, spell: Spell): string {
  if (!lastRun) return 'none known';
  const { startedAt, endedAt, result, exitStatus } = lastRun;
  const outcome =
    result === 'exit-code' && exitStatus !== undefined ? `exit code ${exitStatus}` : (result ?? 'running');
  return `${outcome}, ${spell(startedAt)}${endedAt === undefined ? '' : `, took ${spellSpan(endedAt - startedAt)}`}`;
}

/** systemd and the journal know a success exactly; a timer knows only that it fired. */
function lastSuccess({ lastSuccess, lastTrigger, journalSeen }: JobStatus, spell: Spell): string {
  if (lastSuccess) return spell(lastSuccess.at);
  const fired = lastTrigger === undefined ? '' : `, timer fired or first started ${spell(lastTrigger)}`;
  return `${journalSeen ? 'none known' : 'not seen'}${fired}`;
}

const nextRun = ({ nextRun }: JobStatus, spell: Spell): string => (nextRun === undefined ? 'none' : spell(nextRun));

type Fact = readonly [heading: string, where: 'everywhere' | 'live', tell: (job: JobStatus, spell: Spell) => string];

/** What is told of each job: in an image nothing runs. */
const FACTS: readonly Fact[] = [
  ['JOB', 'everywhere', ({ unit }) => unit],
  ['FILES', 'everywhere', files],
  ['TIMER', 'everywhere', timer],
  ['LAST RUN', 'live', lastRun],
  ['LAST SUCCESS', 'live', lastSuccess],
  ['NEXT RUN', 'live', nextRun],
];

/** One line a job, with headings, if the terminal has the columns; else one line a fact, each with its job. */
function listJobs({ jobs, isLive }: HostStatus, now: number, columns: number | undefined): string {
  const facts = FACTS.filter(([, where]) => isLive || where === 'everywhere');
  const rows = (spell: Spell) => jobs.map((job) => facts.map(([, , tell]) => tell(job, spell)));
  const table = [facts.map(([heading]) => heading), ...rows((instant) => spellDistance(instant, now))];
  const widths = facts.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  if (columns !== undefined && widths.reduce((sum, width) => sum + width + 2, 0) <= columns)
    return table
      .map(
        (line) =>
          `${line
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join('  ')
            .trimEnd()}\n`,
      )
      .join('');
  return rows((instant) => `${spellMoment(instant)} (${spellDistance(instant, now)})`)
    .flatMap(([unit, ...cells]) => cells.map((cell, at) => `${unit}: ${facts[at + 1]?.[0].toLowerCase()}: ${cell}\n`))
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
    .map(driftText)
    .map(({ path, what }) => `${path}: ${what}`);

const section = (title: string, entries: readonly string[]): string =>
  entries.length === 0 ? '' : `\n${title}\n${entries.map((entry) => `  ${entry}\n`).join('')}`;

/** The status for a person; `columns` are the terminal's, undefined for a pipe. A fix that several problems have in a row is told once. */
export function statusText(
  status: HostStatus,
  problems: readonly Problem[],
  now: number,
  columns: number | undefined,
): string {
  const { jobs, partitions, notSeen } = status;
  const failures = jobs.filter(({ journal }) => journal.length > 0);
  return [
    jobs.length === 0 ? '' : listJobs(status, now, columns),
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
        ...what.split('\n').map(printable),
        ...(problems[index + 1]?.fix === fix ? [] : [`→ ${fix}`]),
      ]),
    ),
  ].join('');
}
