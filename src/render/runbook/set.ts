import { nameText } from '../name-text.ts';
import { SCANNER_SET } from '../scanner-set.ts';
import type { EnsureView, RetentionView, SetView } from '../set-view.ts';
import {
  type Command,
  type PartitionCommands,
  partitionCommands,
  runScript,
  type UnitCommands,
  unitCommands,
} from './commands.ts';

/** What the runbook shows of either job. */
type JobView = {
  readonly job: 'ensure' | 'retention';
  readonly script: string;
  readonly unit: string;
  readonly timer: string;
  readonly when: string;
  readonly calendars: readonly string[];
  /** `schema.name` of the function, its schema, and the types of its arguments. */
  readonly function: string;
  readonly functionSchema: string;
  readonly argumentTypes: string;
  readonly commands: UnitCommands;
};

type RunbookEnsureView = EnsureView & {
  readonly run: Command;
  /** The same for an emergency: more months, if the job creates less. */
  readonly createMissing: Command;
};

type RunbookRetentionView = RetentionView & {
  readonly dryRun: Command;
  readonly drop: Command;
  readonly commands: UnitCommands;
};

/** A partition set as the runbook shows it. */
export type RunbookSetView = Omit<SetView, 'ensure' | 'retention'> & {
  readonly ensure: RunbookEnsureView | false;
  readonly retention: RunbookRetentionView | false;
  /** The jobs that are on. */
  readonly jobs: readonly JobView[];
  readonly commands: PartitionCommands;
  /** How many months to create when one is missing: the operations document's 2, or more if the job's own number is higher. */
  readonly emergencyMonths: number;
  /** The partitioned table, and its partition for the month YYYY_MM, as text that the server reads as a name. */
  readonly tableText: string;
  readonly partitionText: string;
  /** That partition's bare name. */
  readonly partitionName: string;
  /** The partition key's column, or a placeholder for it if only the database knows it. */
  readonly key: string;
  /** Whether the Scanner's migration made the table, its functions and the role `hotlookup_maintenance`. */
  readonly fromMigration: boolean;
  /** Matches the set's timers. */
  readonly unitPattern: string;
};

/** What the runbook says of a partition set. */
export function runbookSet(set: SetView): RunbookSetView {
  const { ensure, retention } = set;
  const fromMigration = set.set === SCANNER_SET;
  const emergencyMonths = Math.max(2, ensure ? ensure.monthsAhead : 0);
  return {
    ...set,
    ensure: ensure && {
      ...ensure,
      run: runScript(set, ensure.scriptPath, ensure.monthsAhead),
      createMissing: runScript(set, ensure.scriptPath, emergencyMonths),
    },
    retention: retention && {
      ...retention,
      dryRun: runScript(set, retention.scriptPath, retention.keepMonths, 'true'),
      drop: runScript(set, retention.scriptPath, retention.keepMonths, 'false'),
      commands: unitCommands(retention.unit),
    },
    jobs: [
      ...(ensure ? [jobView('ensure', ensure, 'integer')] : []),
      ...(retention ? [jobView('retention', retention, 'integer, boolean')] : []),
    ],
    commands: partitionCommands(set, set.partitionsScriptPath, `${set.schema}.${set.tableName}_YYYY_MM`),
    emergencyMonths,
    tableText: nameText(set.schema, set.tableName),
    partitionText: nameText(set.schema, `${set.tableName}_0000_00`).replace(/0000_00(?="?$)/, 'YYYY_MM'),
    partitionName: `${set.tableName}_YYYY_MM`,
    key: fromMigration ? 'inserted_at' : 'partition_key',
    fromMigration,
    unitPattern: `${set.set}-*`,
  };
}

const jobView = (job: JobView['job'], view: EnsureView | RetentionView, argumentTypes: string): JobView => ({
  job,
  script: view.script,
  unit: view.unit,
  timer: `${view.unit}.timer`,
  when: view.when,
  calendars: view.calendars,
  function: view.function,
  functionSchema: view.function.split('.')[0] ?? '',
  argumentTypes,
  commands: unitCommands(view.unit),
});
