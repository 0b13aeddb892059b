import type { Output } from '../shared/host.ts';
import { forStream, PRIORITY } from '../shared/journal-line.ts';
import { count, printable, spellBytes } from '../shared/words.ts';
import type { Line, Report } from './report.ts';

const HEADINGS = ['PARTITION', 'FROM', 'TO', 'ROWS', 'SIZE', 'ACTION', 'REASON'] as const;
/** Columns of numbers are set flush right. */
const NUMERIC = new Set([3, 4]);

const rowsOf = ({ rows }: Line) => (rows === null ? '?' : `${rows}`);
const sizeOf = ({ bytes }: Line) => (bytes === null ? '?' : spellBytes(bytes));

function cells(line: Line): string[] {
  const { partition, from, to, action, reason } = line;
  return [partition, from ?? 'DEFAULT', to ?? '', rowsOf(line), sizeOf(line), action, reason].map(printable);
}

/** The report's partitions as a table, one line each, with headings. */
function table(lines: readonly Line[]): string {
  const rows = [[...HEADINGS], ...lines.map(cells)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number) =>
    NUMERIC.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
  return rows.map((row) => `${row.map(pad).join('  ').trimEnd()}\n`).join('');
}

/** One partition in one line, for pipes and the journal; what is not known is left out. */
function sentence({ action, partition, from, to, rows, bytes, reason }: Line): string {
  const facts = [
    `${action} ${partition} ${from === null ? 'DEFAULT' : `[${from}, ${to})`}`,
    ...(rows === null ? [] : [`about ${count(rows, 'row')}`]),
    ...(bytes === null ? [] : [spellBytes(bytes)]),
  ];
  return `${facts.join(', ')}: ${reason}`;
}

function outcome(report: Report): string {
  const { job, dryRun, partitions, missing, strategy } = report;
  const number = (action: Line['action']) => partitions.filter((line) => line.action === action).length;
  if (job === 'status') {
    const held = number('in-grace');
    const inGrace = held > 0 ? `, ${held} in grace` : '';
    return `${count(partitions.length - held, 'partition')}, ${number('would-drop')} beyond the cutoff${inGrace}, ${missing.length} missing`;
  }
  if (job === 'ensure') {
    const created = number('created');
    if (missing.length > 0) return `${created} created, still missing: ${missing.join(', ')}`;
    return created > 0 ? `${created} created` : 'nothing to do, every wanted month exists';
  }
  if (job === 'restore') return restored(report);
  const by = strategy === null ? '' : `, strategy ${strategy.chosen} (${strategy.why})`;
  const going = number('would-detach') > 0 ? 'would-detach' : 'would-drop';
  if (dryRun)
    return `dry run, ${number(going)} would be ${going === 'would-drop' ? 'dropped' : 'detached'}, ${number('kept')} kept${by}`;
  const gone = (['dropped', 'detached', 'finalized', 'restored', 'in-grace', 'gone', 'unknown'] as const).map(
    (action) => [number(action), action.replace('-', ' ')] as const,
  );
  const words = gone.filter(([times]) => times > 0).map(([times, action]) => `${times} ${action}`);
  return `${words.join(', ') || 'nothing dropped'}, ${number('kept')} kept${by}`;
}

function restored({ partitions, restoredRows: rows, dryRun, ok }: Report): string {
  const action = partitions[0]?.action;
  if (action === 'restored')
    return `restored, ${count(rows?.before ?? 0, 'row')} in the table before, ${rows?.after ?? 'an unknown number'} in its bounds after`;
  if (action === 'unknown') return 'unknown whether it was restored';
  if (dryRun && action === 'would-restore') return `dry run, ${count(rows?.before ?? 0, 'row')} would be restored`;
  return ok ? 'nothing to do' : 'not restored';
}

function runway({ runwayUntil, runwayDays }: Report): string {
  if (runwayUntil === null) return 'no runway: rows of now have no partition';
  if (runwayDays === null) return 'the runway has no end';
  return `runway ${count(runwayDays, 'day')}, until ${runwayUntil}`;
}

/** What the run came to, in one line. */
export function summary(report: Report): string {
  return `${report.job} ${report.set}: ${outcome(report)}; ${runway(report)}`;
}

/** Statements in their order, so that a person can see each with its lock before it is sent. */
function planText({ plan }: Report, stream: Pick<Output, 'isJournal'>): string {
  if (!plan) return '';
  const statements = plan.statements.map(({ sql, lock }) =>
    forStream(stream, PRIORITY.info, `would run ${sql}; (${lock})`),
  );
  const blockers = plan.blockers.map((blocker) =>
    forStream(stream, PRIORITY.notice, `${blocker} holds locks that a run would wait for`),
  );
  const otherRuns = plan.otherRuns.map((other) =>
    forStream(
      stream,
      PRIORITY.notice,
      `${other} does this job right now, and a run would leave it the work (exit code 6)`,
    ),
  );
  return [...statements, ...blockers, ...otherRuns].join('');
}

/** The whole report as a person or the journal reads it. */
export function reportText(report: Report, stream: Pick<Output, 'isTerminal' | 'isJournal'>): string {
  const lines = stream.isTerminal
    ? table(report.partitions)
    : report.partitions
        .map((line) => forStream(stream, line.action === 'kept' ? PRIORITY.info : PRIORITY.notice, sentence(line)))
        .join('');
  const holes = report.gaps
    .map(({ from, to }) =>
      forStream(stream, PRIORITY.warning, `gap [${from}, ${to}): rows of that time have no partition`),
    )
    .join('');
  const settings = report.settings
    .map(({ name, value }) => forStream(stream, PRIORITY.info, `the session has ${name} = ${value}, which is left so`))
    .join('');
  return lines + holes + planText(report, stream) + settings + forStream(stream, PRIORITY.notice, summary(report));
}
