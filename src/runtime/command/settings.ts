import type { OPTIONS } from '../../options.ts';
import type { Month } from '../shared/months.ts';
import type { QualifiedName } from '../shared/sql.ts';

/** How retention takes partitions away, as the spec asks for it. */
export type WantedStrategy = (typeof OPTIONS.strategy.words)[number];

/** What may go in one run without leave. */
export type Breakers = {
  /** Percent of all partitions, 1 to 100. */
  readonly maxDropShare: number;
  readonly maxDrops: number | undefined;
  readonly maxDropBytes: number | undefined;
};

export type RetentionSettings = {
  readonly function: QualifiedName;
  readonly keepMonths: number;
  readonly strategy: WantedStrategy;
  /** How long a detached partition is kept before it is dropped. */
  readonly graceDays: number;
  /** Budget for the second phase of a concurrent detach, in milliseconds. */
  readonly detachMs: number;
  readonly breakers: Breakers;
  /** The table is idle on purpose: months without rows are nothing to suspect the clocks for. */
  readonly idle: boolean;
};

/** What the rendered script says about its partition set; what the person says is in `Command`. */
export type Settings = {
  readonly set: string;
  readonly table: QualifiedName;
  /** Undefined when that job is switched off. */
  readonly ensure: { readonly function: QualifiedName; readonly monthsAhead: number } | undefined;
  readonly retention: RetentionSettings | undefined;
  readonly envFile: string;
  /** Where the jobs leave their metrics; undefined for nowhere. */
  readonly metricsDirectory: string | undefined;
  /** Time budgets in milliseconds. */
  readonly connectMs: number;
  readonly lockTimeoutMs: number;
  readonly lockWaitMs: number;
};

export type EnsureCommand = {
  readonly verb: 'ensure';
  readonly function: QualifiedName;
  readonly monthsAhead: number;
  readonly json: boolean;
};

export type RetentionCommand = RetentionSettings & {
  readonly verb: 'retention';
  readonly dryRun: boolean;
  /** How many partitions may go in this run; undefined leaves it to the breakers. */
  readonly allowDrops: number | undefined;
  /** How many bytes may go in this run; undefined leaves it to the breakers. */
  readonly allowDropBytes: number | undefined;
  /** What is in grace already ends by the spec's `graceDays`, in this one run, and not when its marker promised. */
  readonly applyGraceDays: boolean;
  /** Months without rows are nothing to suspect the clocks for, in this one run. */
  readonly allowIdle: boolean;
  readonly json: boolean;
};

export type StatusCommand = {
  readonly verb: 'status';
  readonly idle: boolean;
  readonly monthsAhead: number;
  /** Undefined when retention is switched off: then nothing lies beyond a cutoff. */
  readonly keepMonths: number | undefined;
  readonly graceDays: number;
  readonly json: boolean;
};

export type RestoreCommand = {
  readonly verb: 'restore';
  readonly month: Month;
  /** The table that a backup brought back; undefined: what is in grace. */
  readonly fromTable: QualifiedName | undefined;
  readonly dryRun: boolean;
  readonly json: boolean;
};

export type Command = EnsureCommand | RetentionCommand | StatusCommand | RestoreCommand;
