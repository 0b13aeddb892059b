import { parseSchedule, toCron, toOnCalendar } from '../spec/schedule.ts';
import { describeSchedule } from '../spec/schedule-words.ts';
import type { EnsureJob, PartitionSet, RetentionJob, Spec } from '../spec/schema.ts';
import { helperOptions } from './helper-options.ts';
import type { HostView } from './host-view.ts';
import { type Attempts, boundedAttempts } from './unit-attempts.ts';

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

/** All partition sets of a host, for the runbook. */
export type BookView = HostView & { readonly sets: readonly SetView[] };

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
