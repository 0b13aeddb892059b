import type { EXIT } from '../../errors.ts';
import { METRICS, outcomeOf } from '../../runtime/metrics/table.ts';

/** A partition set as its alerts see it. */
export type WatchedSet = {
  readonly set: string;
  /** Seconds; a healthy ensure job leaves more runway. False without an ensure job. */
  readonly shortRunway: number | false;
  readonly jobs: readonly WatchedJob[];
};

/** `staleAfter` in seconds: the last success of a healthy job is never older. */
type WatchedJob = { readonly set: string; readonly job: 'ensure' | 'retention'; readonly staleAfter: number };

type Condition = {
  /** PromQL. */
  readonly expression: string;
  /** How long it must hold, as Prometheus spells time spans; false for an alert at once. */
  readonly holdFor: string | false;
  /** What it is about; false for all sets, or both jobs. Prometheus' linter wants no two rules of the same name and labels. */
  readonly set: string | false;
  readonly job: WatchedJob['job'] | false;
};

type AlertText = {
  readonly name: string;
  readonly severity: 'critical' | 'warning';
  readonly meaning: string;
  /** The heading of the runbook that says what to do. */
  readonly section: string;
  readonly ifIgnored: string;
};

type Alert = AlertText & { readonly conditions: (sets: readonly WatchedSet[]) => readonly Condition[] };

/** A row of the runbook's table of alerts. */
export type AlertView = AlertText & {
  /** The section's anchor, as GitHub makes it. */
  readonly anchor: string;
};

/** One of Prometheus' alerting rules. */
export type RuleView = Condition & {
  readonly name: string;
  readonly severity: AlertText['severity'];
  readonly meaning: string;
  readonly description: string;
};

const NEEDS_PERSON: readonly (keyof typeof EXIT)[] = ['configuration', 'missing', 'refused', 'internal'];

const ofSet = ({ name }: { readonly name: string }, set: string) => `${name}{partition_set='${set}'}`;
const ofJob = ({ name }: { readonly name: string }, { set, job }: WatchedJob) =>
  `${name}{partition_set='${set}', partition_job='${job}'}`;

const forAll =
  (expression: string, holdFor: string | false = false): Alert['conditions'] =>
  () => [{ expression, holdFor, set: false, job: false }];

const perJob =
  (condition: (job: WatchedJob) => Pick<Condition, 'expression' | 'holdFor'>): Alert['conditions'] =>
  (sets) =>
    sets.flatMap(({ jobs }) => jobs.map((job) => ({ ...condition(job), set: job.set, job: job.job })));

const ALERTS: readonly Alert[] = [
  {
    name: 'HotlookupRunwayShort',
    severity: 'critical',
    meaning: 'The last partition ends soon, because ensure has not created more.',
    section: 'Missing upcoming partition',
    ifIgnored: 'All inserts fail as soon as the last partition ends.',
    conditions: (sets) =>
      sets.flatMap(({ set, shortRunway }) =>
        shortRunway === false
          ? []
          : [
              {
                expression: `${ofSet(METRICS.runwayEnd, set)} - time() < ${shortRunway}`,
                holdFor: false,
                set,
                job: false,
              },
            ],
      ),
  },
  {
    name: 'HotlookupDetachPending',
    severity: 'critical',
    meaning: 'The detach of a partition was begun and is not finished.',
    section: 'A detach is not finished',
    ifIgnored: 'Queries do not see the rows of that partition, and inserts into its month fail.',
    conditions: forAll(`${METRICS.pendingDetaches.name} > 0`, '15m'),
  },
  {
    name: 'HotlookupJobNeedsPerson',
    severity: 'critical',
    meaning: 'The last run of the job ended in a way that does not mend itself.',
    section: 'Exit codes',
    ifIgnored: 'The job does nothing until a person acts.',
    conditions: forAll(`${METRICS.lastOutcome.name}{outcome=~'${NEEDS_PERSON.map(outcomeOf).join('|')}'} == 1`),
  },
  {
    name: 'HotlookupNoSuccess',
    severity: 'warning',
    meaning: 'The job has not succeeded for longer than its schedule explains.',
    section: 'What a job did',
    ifIgnored: 'Without ensure, inserts fail later. Without retention, the disk fills.',
    conditions: perJob((job) => ({
      expression: `time() - ${ofJob(METRICS.lastSuccess, job)} > ${job.staleAfter}`,
      holdFor: false,
    })),
  },
  {
    name: 'HotlookupNoMetrics',
    severity: 'warning',
    meaning: 'The job writes no metrics, or node_exporter does not read them.',
    section: 'Metrics are missing',
    ifIgnored: 'No other alert about this job can fire.',
    conditions: perJob((job) => ({
      expression: `absent(${ofJob(METRICS.lastRun, job)})`,
      holdFor: `${job.staleAfter}s`,
    })),
  },
  {
    name: 'HotlookupIdleSuspected',
    severity: 'warning',
    meaning: 'The newest months have no rows: ingest is down, or a clock is wrong.',
    section: 'No rows for months',
    ifIgnored: 'Retention drops nothing, and the disk fills.',
    conditions: forAll(`${METRICS.idleSuspected.name} == 1`),
  },
  {
    name: 'HotlookupDefaultPartitionRows',
    severity: 'warning',
    meaning: 'Rows are in the DEFAULT partition, because their month has no partition.',
    section: 'Rows in the DEFAULT partition',
    ifIgnored: 'The partitions of these months cannot be created.',
    conditions: forAll(`${METRICS.defaultRows.name} > 0`),
  },
];

/** The table of alerts. */
export const alertViews = (): AlertView[] =>
  ALERTS.map(({ name, severity, meaning, section, ifIgnored }) => ({
    name,
    severity,
    meaning,
    section,
    anchor: section.toLowerCase().replaceAll(' ', '-'),
    ifIgnored,
  }));

/** Prometheus' rules for these sets, alert by alert. */
export const ruleViews = (sets: readonly WatchedSet[]): RuleView[] =>
  ALERTS.flatMap(({ name, severity, meaning, section, ifIgnored, conditions }) =>
    conditions(sets).map((condition) => ({
      ...condition,
      name,
      severity,
      meaning,
      description: `What to do: see "${section}" in the runbook. If nobody acts: ${ifIgnored}`,
    })),
  );
