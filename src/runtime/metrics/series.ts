import { EXIT } from '../../errors.ts';
import type { MetricsJob } from './file.ts';
import type { EndedRun } from './run.ts';
import { type TableFacts, tableFacts } from './table-facts.ts';

/** A metric as node_exporter gets it. All files must have the same help for it. */
export type Series = {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** The job that alone can know it; undefined for both. */
  readonly only?: MetricsJob;
  /** Its value after a run. `earlier` is what it was; undefined if that is unknown. */
  value(run: EndedRun, earlier: number | undefined): number;
};

const NEVER_LEARNT = Number.NaN;

function counter(name: string, help: string, step: (run: EndedRun) => number, only?: MetricsJob): Series {
  return { name, type: 'counter', help, ...(only && { only }), value: (run, earlier = 0) => earlier + step(run) };
}

/** What the last run that reached the table has seen. */
function seen(name: string, help: string, fact: (facts: TableFacts) => number): Series {
  return {
    name,
    type: 'gauge',
    help,
    value: (run, earlier = NEVER_LEARNT) => (run.seen ? fact(tableFacts(run.seen)) : earlier),
  };
}

export const SERIES: readonly Series[] = [
  {
    name: 'hotlookup_last_run_timestamp_seconds',
    type: 'gauge',
    help: 'When the job last ended, however it ended.',
    value: ({ endedAt }) => endedAt / 1_000,
  },
  {
    name: 'hotlookup_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When the job last ended with exit code 0; 0 if it never has.',
    value: ({ exitCode, endedAt }, earlier = 0) => (exitCode === EXIT.done ? endedAt / 1_000 : earlier),
  },
  {
    name: 'hotlookup_last_run_duration_seconds',
    type: 'gauge',
    help: 'How long the last run took.',
    value: ({ durationMs }) => durationMs / 1_000,
  },
  counter(
    'hotlookup_partitions_created_total',
    'Partitions that ensure has created.',
    ({ created }) => created,
    'ensure',
  ),
  counter(
    'hotlookup_partitions_detached_total',
    'Partitions that retention has detached and not dropped in the same run.',
    ({ detached }) => detached,
    'retention',
  ),
  counter(
    'hotlookup_partitions_dropped_total',
    'Partitions that retention has dropped.',
    ({ dropped }) => dropped,
    'retention',
  ),
  {
    name: 'hotlookup_partitions_in_grace',
    type: 'gauge',
    help: 'Partitions that are detached and not dropped yet.',
    only: 'retention',
    value: ({ inGrace }, earlier = NEVER_LEARNT) => inGrace ?? earlier,
  },
  counter(
    'hotlookup_lock_waits_total',
    'How often runs waited because another session held a lock.',
    ({ lockWaits }) => lockWaits,
  ),
  seen(
    'hotlookup_runway_seconds',
    'How long rows could be written without a gap, when the table was last seen.',
    ({ runway }) => runway,
  ),
  seen(
    'hotlookup_runway_end_timestamp_seconds',
    'Until when rows can be written without a gap.',
    ({ runwayEnd }) => runwayEnd,
  ),
  seen(
    'hotlookup_oldest_partition_start_timestamp_seconds',
    'Where the oldest partition begins.',
    ({ oldestStart }) => oldestStart,
  ),
  seen(
    'hotlookup_pending_detaches',
    'Partitions of which a concurrent detach was begun and not finished.',
    ({ pendingDetaches }) => pendingDetaches,
  ),
  {
    name: 'hotlookup_idle_suspected',
    type: 'gauge',
    help: '1 if months without rows make the clocks suspicious, so that retention drops nothing; 0 if not.',
    only: 'retention',
    value: ({ isIdle }, earlier = NEVER_LEARNT) => (isIdle === undefined ? earlier : Number(isIdle)),
  },
  seen(
    'hotlookup_default_partition_rows',
    'Estimated rows in the DEFAULT partition; 0 without one.',
    ({ defaultRows }) => defaultRows,
  ),
];

/** The last run's outcome: one sample for each name in the table of exit codes, 1 for what it was and 0 for all others. */
export const OUTCOME = {
  name: 'hotlookup_last_run_outcome',
  type: 'gauge',
  help: 'How the last run ended: 1 for its outcome, 0 for all others.',
} as const;

/** `lock_budget` for exit code 8. */
export const OUTCOMES = Object.entries(EXIT).map(([name, exitCode]) => ({
  exitCode,
  name: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
}));
