import { basename } from 'node:path/posix';
import { EXIT_MEANINGS, type ExitCode } from '../errors.ts';
import { parseSchedule } from '../spec/schedule.ts';
import { alertLimits } from './alert-limits.ts';
import { nameText } from './name-text.ts';
import { SCANNER_SET } from './scanner-set.ts';
import type { BookView, HostView, SetView } from './views.ts';

/** A partition set as the runbook shows it. */
type RunbookSetView = SetView & {
  /** How many months to create when one is missing: the operations document's 2, or more if the job's own number is higher. */
  readonly emergencyMonths: number;
  /** The partitioned table, and its partition for the month YYYY_MM, as text that the server reads as a name. */
  readonly tableText: string;
  readonly partitionText: string;
  /** That partition's bare name. */
  readonly partitionName: string;
  /** The partition key's column, or a stand-in for it if only the database knows it. */
  readonly key: string;
  /** Whether the Scanner's migration made the table, its functions and the role `hotlookup_maintenance`. */
  readonly fromMigration: boolean;
  readonly ensureSchema: string;
  readonly retentionSchema: string;
  /** Matches the set's timers. */
  readonly unitPattern: string;
  /** That partition's name as the scripts take it, `schema.name`. */
  readonly fromTable: string;
  /** The jobs that are on, with what their alerts need. */
  readonly jobs: readonly JobAlertView[];
  /** Seconds; an alert is due with less runway. False without an ensure job. */
  readonly shortRunway: number | false;
};

type JobAlertView = { readonly job: 'ensure' | 'retention'; readonly staleAfter: number };

/** Where the helper on the host puts what it has detached. */
const HOLDING_SCHEMA = 'hotlookup_grace';

type ExitView = { readonly code: number; readonly meaning: string; readonly action: string };

export type RunbookView = HostView & {
  readonly sets: readonly RunbookSetView[];
  readonly exits: readonly ExitView[];
  readonly libraryDir: string;
  /** Whether the Scanner's own set, with its SQL files, is among the sets. */
  readonly scannerSet: boolean;
  readonly holdingSchema: string;
  /** Whether any set keeps what it has detached. */
  readonly hasGrace: boolean;
  /** Whether any set may detach by itself, which its table's owner alone can do. */
  readonly mayDetach: boolean;
  /** Paths of the environment file's example and of the runbook itself in the generated tree. */
  readonly envExample: string;
  readonly runbookSource: string;
};

/** What the reader of the runbook does about each exit code. */
const ACTIONS: Readonly<Record<ExitCode, string>> = {
  0: 'Nothing.',
  1: 'status prints what is missing or in the way. A missing month: run ensure. Anything else: see the failure modes above.',
  2: 'Read the usage line. If a unit did this, its file was changed by hand: render and install again.',
  3: 'The message names the file or the key, never a value. Correct it in the environment file and start the job again.',
  4: 'Is the server up, is it the primary, does this host reach it, does its certificate fit? Then start the job again.',
  5: 'The message names what is missing: node, a grant, a password, the migration. Put it there and start the job again.',
  6: 'Nothing: the run that holds the lock does the work. Its journal, perhaps on another host, says how it ended.',
  7: 'Do not repeat it as it is: nothing wrong was committed. Read the journal, compare it with status, and find out why before allowing it with the option that the message names.',
  8: 'Somebody holds a lock on the table for long: the query below shows who. Wait for it or end it, then start the job again.',
  9: 'Comes from installing, not from a job. The host is as it was before; the message says what failed.',
  70: 'A defect. Keep the journal of this run and report it.',
  130: 'Nothing: what was not finished was rolled back. Start it again if it is still wanted.',
  143: 'Nothing: what was not finished was rolled back, and the timer starts the next run.',
};

function runbookSet(set: SetView): RunbookSetView {
  const fromMigration = set.set === SCANNER_SET;
  return {
    ...set,
    emergencyMonths: Math.max(2, set.ensure ? set.ensure.monthsAhead : 0),
    tableText: nameText(set.schema, set.tableName),
    partitionText: nameText(set.schema, `${set.tableName}_0000_00`).replace(/0000_00(?="?$)/, 'YYYY_MM'),
    partitionName: `${set.tableName}_YYYY_MM`,
    key: fromMigration ? 'inserted_at' : 'partition_key',
    fromMigration,
    ensureSchema: schemaOf(set.ensure),
    retentionSchema: schemaOf(set.retention),
    unitPattern: `${set.set}-*`,
    fromTable: `${set.schema}.${set.tableName}_YYYY_MM`,
    ...(set.metrics ? alertsOf(set) : { jobs: [], shortRunway: false }),
  };
}

function alertsOf({ ensure, retention }: SetView): Pick<RunbookSetView, 'jobs' | 'shortRunway'> {
  const ofEnsure = ensure && alertLimits(parseSchedule(ensure.cron), ensure.monthsAhead);
  const ofRetention = retention && alertLimits(parseSchedule(retention.cron), 0);
  return {
    jobs: [
      ...(ofEnsure ? [{ job: 'ensure' as const, staleAfter: ofEnsure.staleAfter }] : []),
      ...(ofRetention ? [{ job: 'retention' as const, staleAfter: ofRetention.staleAfter }] : []),
    ],
    shortRunway: ofEnsure ? ofEnsure.shortRunway : false,
  };
}

const schemaOf = (job: { readonly function: string } | false): string =>
  job ? (job.function.split('.')[0] ?? '') : '';

/** Everything that the runbook says, for all partition sets of the spec. */
export function runbookView(book: BookView): RunbookView {
  return {
    ...book,
    sets: book.sets.map(runbookSet),
    exits: EXIT_MEANINGS.map(([code, meaning]) => ({ code, meaning, action: ACTIONS[code] })),
    holdingSchema: HOLDING_SCHEMA,
    hasGrace: book.sets.some(({ retention }) => retention !== false && retention.hasGrace),
    mayDetach: book.sets.some(({ retention }) => retention !== false && retention.strategy !== 'function'),
    scannerSet: book.sets.some(({ set }) => set === SCANNER_SET),
    libraryDir: `${book.scriptsDir}/lib`,
    envExample: `devops/etc/${basename(book.envFile)}.example`,
    runbookSource: `docs/modules/scanner/operations/${basename(book.runbook)}`,
  };
}
