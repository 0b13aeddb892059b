import { EXIT } from '../../errors.ts';
import type { EndedRun } from './run.ts';
import { METRICS, type Metric, outcomeOf } from './table.ts';
import { type TableFacts, tableFacts } from './table-facts.ts';

/** A metric with one value. */
export type Series = Metric & {
  /** Its value after a run. `earlier` is what it was; undefined if that is unknown. */
  value(run: EndedRun, earlier: number | undefined): number;
};

const NEVER_LEARNT = Number.NaN;

const counter = (metric: Metric, step: (run: EndedRun) => number): Series => ({
  ...metric,
  value: (run, earlier = 0) => earlier + step(run),
});

/** What the last run that reached the table has seen. */
const seen = (metric: Metric, fact: (facts: TableFacts) => number): Series => ({
  ...metric,
  value: (run, earlier = NEVER_LEARNT) => (run.seen ? fact(tableFacts(run.seen)) : earlier),
});

export const SERIES: readonly Series[] = [
  { ...METRICS.lastRun, value: ({ endedAt }) => endedAt / 1_000 },
  {
    ...METRICS.lastSuccess,
    value: ({ exitCode, endedAt }, earlier = 0) => (exitCode === EXIT.done ? endedAt / 1_000 : earlier),
  },
  { ...METRICS.lastDuration, value: ({ durationMs }) => durationMs / 1_000 },
  counter(METRICS.created, ({ created }) => created),
  counter(METRICS.detached, ({ detached }) => detached),
  counter(METRICS.dropped, ({ dropped }) => dropped),
  { ...METRICS.inGrace, value: ({ inGrace }, earlier = NEVER_LEARNT) => inGrace ?? earlier },
  counter(METRICS.lockWaits, ({ lockWaits }) => lockWaits),
  seen(METRICS.runway, ({ runway }) => runway),
  seen(METRICS.runwayEnd, ({ runwayEnd }) => runwayEnd),
  seen(METRICS.oldestStart, ({ oldestStart }) => oldestStart),
  seen(METRICS.pendingDetaches, ({ pendingDetaches }) => pendingDetaches),
  {
    ...METRICS.idleSuspected,
    value: ({ isIdle }, earlier = NEVER_LEARNT) => (isIdle === undefined ? earlier : Number(isIdle)),
  },
  seen(METRICS.defaultRows, ({ defaultRows }) => defaultRows),
];

/** The last run's outcome: one sample for each name in the table of exit codes, 1 for what it was and 0 for all others. */
export const OUTCOME = METRICS.lastOutcome;

export const OUTCOMES = Object.entries(EXIT).map(([name, exitCode]) => ({
  exitCode,
  name: outcomeOf(name),
}));
