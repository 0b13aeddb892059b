import type { MetricsJob } from './file.ts';

/** What node_exporter shows of a metric. All files in its folder must have the same help for a metric. */
export type Metric = {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  /** One sentence, without the characters that Prometheus' text format or a Markdown table would need to escape. */
  readonly help: string;
  /** The only job that has this metric; undefined if both have it. */
  readonly only?: MetricsJob;
};

/** Every metric, in the order of the jobs' files. The runbook's tables and alerts are made from it. */
export const METRICS = {
  lastRun: {
    name: 'hotlookup_last_run_timestamp_seconds',
    type: 'gauge',
    help: 'When the job last ended, however it ended.',
  },
  lastSuccess: {
    name: 'hotlookup_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the job last ended with exit code 0; 0 if it never has.',
  },
  lastDuration: {
    name: 'hotlookup_last_run_duration_seconds',
    type: 'gauge',
    help: 'How long the last run took.',
  },
  created: {
    name: 'hotlookup_partitions_created_total',
    type: 'counter',
    help: 'Partitions that ensure has created.',
    only: 'ensure',
  },
  detached: {
    name: 'hotlookup_partitions_detached_total',
    type: 'counter',
    help: 'Partitions that retention has detached and not dropped in the same run.',
    only: 'retention',
  },
  dropped: {
    name: 'hotlookup_partitions_dropped_total',
    type: 'counter',
    help: 'Partitions that retention has dropped.',
    only: 'retention',
  },
  inGrace: {
    name: 'hotlookup_partitions_in_grace',
    type: 'gauge',
    help: 'Partitions that are detached and not dropped yet.',
    only: 'retention',
  },
  lockWaits: {
    name: 'hotlookup_lock_waits_total',
    type: 'counter',
    help: 'How often runs waited because another session held a lock.',
  },
  runway: {
    name: 'hotlookup_runway_seconds',
    type: 'gauge',
    help: 'How long rows could be written without a gap, when the table was last seen.',
  },
  runwayEnd: {
    name: 'hotlookup_runway_end_timestamp_seconds',
    type: 'gauge',
    help: 'Until when rows can be written without a gap.',
  },
  oldestStart: {
    name: 'hotlookup_oldest_partition_start_timestamp_seconds',
    type: 'gauge',
    help: 'Where the oldest partition begins.',
  },
  pendingDetaches: {
    name: 'hotlookup_pending_detaches',
    type: 'gauge',
    help: 'Partitions of which a concurrent detach was begun and not finished.',
  },
  idleSuspected: {
    name: 'hotlookup_idle_suspected',
    type: 'gauge',
    help: '1 if months without rows make the clocks suspicious, so that retention drops nothing; 0 if not.',
    only: 'retention',
  },
  defaultRows: {
    name: 'hotlookup_default_partition_rows',
    type: 'gauge',
    help: 'Estimated rows in the DEFAULT partition; 0 without one.',
  },
  lastOutcome: {
    name: 'hotlookup_last_run_outcome',
    type: 'gauge',
    help: 'How the last run ended: 1 for its outcome, 0 for all others.',
  },
} as const satisfies Readonly<Record<string, Metric>>;

/** The label `outcome` for a name in the table of exit codes: `lock_budget` for `lockBudget`. */
export const outcomeOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
