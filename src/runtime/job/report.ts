import type { Catalog, Partition } from '../catalog/catalog.ts';
import { gaps, runwayEnd } from '../catalog/coverage.ts';
import { type Month, monthName } from '../shared/months.ts';
import { plainName } from '../shared/sql.ts';
import { daysUntil, spellInstant } from '../shared/words.ts';

/** How retention takes partitions away, and why it is done that way. */
export type Strategy = { readonly chosen: 'concurrent' | 'function'; readonly why: string };

/**
 * `detached`: taken out of the table and not dropped, now. `in-grace`: that was an earlier run. `finalized`: a detach that
 * an earlier run had begun is done. `restored`: it belongs to the table again, or nothing marks it any more. `gone`: another
 * session took it away during the run. `unknown`: the connection was lost before the run could tell. `would-detach`: a real
 * run would put it into grace. `would-finalize`: it would finish a detach that an earlier run has begun.
 */
export type Action =
  | 'created'
  | 'kept'
  | 'dropped'
  | 'detached'
  | 'in-grace'
  | 'finalized'
  | 'restored'
  | 'would-restore'
  | 'would-finalize'
  | 'gone'
  | 'unknown'
  | 'would-detach'
  | 'would-drop';

/** One partition in a report; the fields of `--json`. */
export type Line = {
  readonly partition: string;
  /** `2026-02-01`, an ISO 8601 instant in UTC, or `-infinity`/`infinity`; null for a DEFAULT partition. */
  readonly from: string | null;
  readonly to: string | null;
  /** Estimate; null if unknown. */
  readonly rows: number | null;
  /** With indexes and TOAST; null if unknown, and in ensure's report. */
  readonly bytes: number | null;
  readonly action: Action;
  readonly reason: string;
  /** For a partition in grace: from when on retention may drop it. */
  readonly until: string | null;
  /** For a partition in grace: what its table is called now, `schema.name`. */
  readonly heldAs: string | null;
};

/** One statement of a plan. */
export type Statement = {
  readonly sql: string;
  /** Every lock that it takes, in words. */
  readonly lock: string;
  /** The partitions that it is about, `schema.name`. */
  readonly partitions: readonly string[];
  /** What it is for, in one word, and why. */
  readonly action: string;
  readonly why: string;
  /** What may be sent in its place or after it, where others get in between. */
  readonly followUps: readonly string[];
  /** `dropped`, `in-grace`, `detached`, `unmarked`, `kept`, `attached`: what becomes of the partitions once all is done; null of a statement that changes none. */
  readonly endsAs: string | null;
};

/** What a real run would do now. */
export type Plan = {
  /** In their order. */
  readonly statements: readonly Statement[];
  /** Sessions that hold locks which it would wait for. */
  readonly blockers: readonly string[];
  /** Sessions that do this job right now: a real run would leave it to them. */
  readonly otherRuns: readonly string[];
};

/** What only a person can mend. */
export type ReportFinding = {
  readonly kind: 'missing-month' | 'pending-detach' | 'suspected-clock' | 'unfinished-restore';
  /** What is wrong, and what follows from it. */
  readonly what: string;
  /** What mends it, with the command where there is one. */
  readonly fix: string;
};

/** What a run found and did: the document that `--json` prints, its keys in this order. */
export type Report = {
  readonly job: 'ensure' | 'retention' | 'status' | 'restore';
  readonly set: string;
  readonly table: string;
  readonly dryRun: boolean;
  /** Whether everything is as it should be; what is not is in `problems`. */
  readonly ok: boolean;
  readonly now: string;
  /** First instant that is kept; null where there is no retention. */
  readonly cutoff: string | null;
  /** How retention takes partitions away; null in other jobs' reports. */
  readonly strategy: Strategy | null;
  readonly partitions: readonly Line[];
  /** In the report of a dry run of retention or restore; null in all others. */
  readonly plan: Plan | null;
  /** Rows that restore counted: in the table before it was attached, in the partitioned table after that; null where it counted none. */
  readonly restoredRows: { readonly before: number; readonly after: number | null } | null;
  /** Wanted months that have no complete partition, such as `2026-02`. */
  readonly missing: readonly string[];
  readonly gaps: ReadonlyArray<{ readonly from: string; readonly to: string }>;
  /** Until when rows can be written without a gap; null if there is no place for them now. */
  readonly runwayUntil: string | null;
  /** The same in whole days; null if it has no end or there is none. */
  readonly runwayDays: number | null;
  /** How often this run waited for another session's lock. */
  readonly lockWaits: number;
  /** What role, database or PG_DSN ask for on purpose and the run leaves as it is: `role`, `default_tablespace`, `default_table_access_method`. */
  readonly settings: ReadonlyArray<{ readonly name: string; readonly value: string }>;
  /** In the report of status: what only a person can mend. Empty in all others. */
  readonly findings: readonly ReportFinding[];
  /** All that is not as it should be, and what a person should know. */
  readonly problems: readonly string[];
};

export function line(partition: Partition, action: Action, reason: string): Line {
  const { isDefault, from, to, rows, bytes } = partition;
  return {
    partition: plainName(partition),
    from: isDefault ? null : spellInstant(from),
    to: isDefault ? null : spellInstant(to),
    rows,
    bytes,
    action,
    reason,
    until: null,
    heldAs: null,
  };
}

export type Findings = Pick<Report, 'job' | 'set' | 'table' | 'dryRun' | 'problems'> & {
  readonly now: number;
  readonly cutoff: number | undefined;
  readonly strategy?: Strategy;
  readonly plan?: Plan | undefined;
  readonly restoredRows?: Report['restoredRows'] | undefined;
  readonly lockWaits?: number;
  readonly findings?: readonly ReportFinding[];
  readonly settings: Catalog['settings'];
  readonly lines: readonly Line[];
  readonly missing: readonly Month[];
  /** All partitions as they are at the end of the run. */
  readonly partitions: readonly Partition[];
};

/** Those that differ from what a server does by itself. */
function intended(settings: Catalog['settings']): Report['settings'] {
  const usual: readonly string[] = ['none', '', 'heap'];
  return Object.entries(settings)
    .filter(([, value]) => !usual.includes(value))
    .map(([name, value]) => ({ name, value }));
}

export function makeReport(findings: Findings): Report {
  const { job, set, table, dryRun, now, cutoff, strategy, lines, missing, partitions, problems } = findings;
  const end = runwayEnd(partitions, now);
  return {
    job,
    set,
    table,
    dryRun,
    ok: problems.length === 0,
    now: new Date(now).toISOString(),
    cutoff: cutoff === undefined ? null : spellInstant(cutoff),
    strategy: strategy ?? null,
    partitions: lines,
    plan: findings.plan ?? null,
    restoredRows: findings.restoredRows ?? null,
    missing: missing.map(monthName),
    gaps: gaps(partitions).map(({ from, to }) => ({ from: spellInstant(from), to: spellInstant(to) })),
    runwayUntil: end === null ? null : spellInstant(end),
    runwayDays: end === null || !Number.isFinite(end) ? null : daysUntil(now, end),
    lockWaits: findings.lockWaits ?? 0,
    settings: intended(findings.settings),
    findings: findings.findings ?? [],
    problems,
  };
}
