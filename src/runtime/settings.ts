import type { QualifiedName } from './sql.ts';

/** What the rendered script says about its partition set; what the person says is in `Command`. */
export type Settings = {
  readonly set: string;
  readonly table: QualifiedName;
  /** Undefined when that job is switched off. */
  readonly ensure: { readonly function: QualifiedName; readonly monthsAhead: number } | undefined;
  readonly retention: { readonly function: QualifiedName; readonly keepMonths: number } | undefined;
  readonly envFile: string;
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

export type RetentionCommand = {
  readonly verb: 'retention';
  readonly function: QualifiedName;
  readonly keepMonths: number;
  readonly dryRun: boolean;
  /** How many partitions may be dropped in this run; undefined leaves it to the rule of half. */
  readonly allowDrops: number | undefined;
  readonly json: boolean;
};

export type StatusCommand = {
  readonly verb: 'status';
  readonly monthsAhead: number;
  /** Undefined when retention is switched off: then nothing lies beyond a cutoff. */
  readonly keepMonths: number | undefined;
  readonly json: boolean;
};

export type Command = EnsureCommand | RetentionCommand | StatusCommand;
