import { formatDuration } from '../duration.ts';
import { parseSchedule, toCron, toOnCalendar } from '../spec/schedule.ts';
import { describeSchedule } from '../spec/schedule-words.ts';
import type { EnsureJob, PartitionSet, RetentionJob, Spec } from '../spec/schema.ts';
import { fileUrl } from './file-url.ts';
import { helperOptions } from './helper-options.ts';
import { type Attempts, boundedAttempts } from './unit-attempts.ts';

/*
 * What templates see. A view holds no undefined and no null. What is missing is `false`, such as a job that the spec switches off.
 */

/** When a job runs, as each scheduler reads it. */
type ScheduleView = {
  /** Five fields, for cron (host time) and pg_cron. */
  readonly cron: string;
  /** Values of `OnCalendar=`, in UTC. */
  readonly calendars: readonly string[];
  /** In words. */
  readonly when: string;
  /** How systemd tries a failed run again; false where the next run comes soon enough. */
  readonly attempts: Attempts | false;
};

export type EnsureView = ScheduleView & {
  /** `schema.name` */
  readonly function: string;
  readonly monthsAhead: number;
  /** Name of the script and its path on a host. */
  readonly script: string;
  readonly scriptPath: string;
  /** Name of the unit without `.service` or `.timer`. */
  readonly unit: string;
};

export type RetentionView = Omit<EnsureView, 'monthsAhead'> & {
  readonly keepMonths: number;
  readonly strategy: RetentionJob['strategy'];
  readonly graceDays: number;
  readonly hasGrace: boolean;
  /** What may go in one run: percent, partitions, bytes. */
  readonly maxDropShare: number;
  readonly maxDrops: number | false;
  readonly maxDropBytes: number | false;
  readonly idle: boolean;
};

/** What is the same for the whole host. Paths are the host's. */
export type HostView = {
  readonly envFile: string;
  readonly scriptsDir: string;
  readonly unitsDir: string;
  readonly runbook: string;
  /** The runbook's `file://` URL. */
  readonly documentation: string;
  readonly user: string;
  readonly dynamicUser: boolean;
  /** The node binary's path, or `node` for the one on PATH. */
  readonly node: string;
  /** Whether the spec names a binary. */
  readonly nodeGiven: boolean;
  /** How the jobs reach the database: at most one of the two is true, neither for localhost. */
  readonly remote: boolean;
  readonly socket: boolean;
  /** For remote access: IP addresses and networks. */
  readonly addresses: readonly string[];
  /** Time spans such as `30s`, as systemd and the helper read them. */
  readonly connectTimeout: string;
  readonly lockTimeout: string;
  readonly lockWait: string;
  readonly detachTimeout: string;
  readonly timeoutStart: string;
  /** The same in seconds. */
  readonly timeoutStartSeconds: number;
  /** Where the jobs leave metrics, and the group that they run as for that. */
  readonly metrics: (Spec['metrics'] & object) | false;
  /** A unit's name, or false. */
  readonly onFailure: string | false;
  /** An example of PG_DSN that fits the way of access. */
  readonly exampleDsn: string;
};

/** A partition set with its host. */
export type SetView = HostView & {
  readonly set: string;
  /** `schema.name`, and its two halves. */
  readonly table: string;
  readonly schema: string;
  readonly tableName: string;
  /** Name of the script for all other verbs and its path on a host. */
  readonly partitionsScript: string;
  readonly partitionsScriptPath: string;
  /** What the scripts pass to the helper, line by line. */
  readonly helperOptions: ReadonlyArray<readonly string[]>;
  /** User that cron runs the jobs as. */
  readonly cronUser: string;
  readonly ensure: EnsureView | false;
  readonly retention: RetentionView | false;
};

/** A job's units. */
export type UnitView<Job> = SetView & Job & { /** What the job does, in a few words. */ readonly description: string };

/** All partition sets of a host, for the runbook. */
export type BookView = HostView & { readonly sets: readonly SetView[] };

export function hostView(spec: Spec): HostView {
  const { envFile, scriptsDir, unitsDir, runbook, user, dynamicUser, database, budgets } = spec;
  return {
    envFile,
    scriptsDir,
    unitsDir,
    runbook,
    documentation: fileUrl(runbook),
    user,
    dynamicUser,
    node: spec.node ?? 'node',
    nodeGiven: spec.node !== undefined,
    remote: database.access === 'remote',
    socket: database.access === 'socket',
    addresses: database.addresses,
    connectTimeout: formatDuration(budgets.connect),
    lockTimeout: formatDuration(budgets.lockTimeout),
    lockWait: formatDuration(budgets.lockWait),
    detachTimeout: formatDuration(budgets.detach),
    timeoutStart: formatDuration(budgets.timeoutStart),
    timeoutStartSeconds: Math.ceil(budgets.timeoutStart / 1000),
    metrics: spec.metrics ?? false,
    onFailure: spec.onFailure ?? false,
    exampleDsn:
      database.access === 'socket'
        ? `Host=/var/run/postgresql;Database=...;Username=${user}`
        : 'Host=...;Database=...;Username=...;Password=...',
  };
}

const places = (host: HostView, set: string, script: string, job: string) => ({
  script: `${set}-${script}.sh`,
  scriptPath: `${host.scriptsDir}/${set}-${script}.sh`,
  unit: `${set}-${job}`,
});

/** Partition sets mostly share their schedules, and reading one takes as long as the rest of a view. */
const knownSchedules = new Map<string, ScheduleView>();

function scheduleView(host: HostView, expression: string): ScheduleView {
  const key = `${host.timeoutStart} ${expression}`;
  const known = knownSchedules.get(key) ?? readSchedule(host, expression);
  knownSchedules.set(key, known);
  return known;
}

function readSchedule(host: HostView, expression: string): ScheduleView {
  const schedule = parseSchedule(expression);
  return {
    cron: toCron(schedule),
    calendars: toOnCalendar(schedule),
    when: describeSchedule(schedule),
    attempts: boundedAttempts(schedule, host.timeoutStartSeconds * 1000),
  };
}

const ensureView = (host: HostView, set: string, job: EnsureJob): EnsureView => ({
  function: job.function,
  monthsAhead: job.monthsAhead,
  ...places(host, set, 'ensure-partitions', 'ensure'),
  ...scheduleView(host, job.schedule),
});

const retentionView = (host: HostView, set: string, job: RetentionJob): RetentionView => ({
  function: job.function,
  keepMonths: job.keepMonths,
  strategy: job.strategy,
  graceDays: job.graceDays,
  hasGrace: job.graceDays > 0,
  maxDropShare: job.maxDropShare,
  maxDrops: job.maxDrops ?? false,
  maxDropBytes: job.maxDropBytes ?? false,
  idle: job.idle,
  ...places(host, set, 'retention', 'retention'),
  ...scheduleView(host, job.schedule),
});

export function setView(host: HostView, spec: Spec, partitionSet: PartitionSet): SetView {
  const { name, table, ensure, retention } = partitionSet;
  const [schema = '', tableName = ''] = table.split('.');
  const { script, scriptPath } = places(host, name, 'partitions', 'partitions');
  return {
    ...host,
    set: name,
    table,
    schema,
    tableName,
    partitionsScript: script,
    partitionsScriptPath: scriptPath,
    helperOptions: helperOptions(spec, partitionSet),
    cronUser: host.dynamicUser ? 'root' : host.user,
    ensure: ensure && ensureView(host, name, ensure),
    retention: retention && retentionView(host, name, retention),
  };
}

export const ensureUnitView = (set: SetView, job: EnsureView): UnitView<EnsureView> => ({
  ...set,
  ...job,
  description: `Create the upcoming partitions of ${set.table}`,
});

export const retentionUnitView = (set: SetView, job: RetentionView): UnitView<RetentionView> => ({
  ...set,
  ...job,
  description: `Drop partitions of ${set.table} older than ${job.keepMonths} months`,
});
