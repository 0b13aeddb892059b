import type { Statement } from './report.ts';

/** What a table is in the end: `kept` where only its marker changes. */
export type EndsAs = 'dropped' | 'in-grace' | 'detached' | 'unmarked' | 'kept';

/**
 * One thing that a run does: a dry run prints it, the run carries it out. Nothing else of a run's making changes a schema or
 * calls a function.
 */
export type Action = {
  readonly kind:
    | 'ask'
    | 'make-schema'
    | 'mark'
    | 'detach'
    | 'finalize'
    | 'drop-key'
    | 'move'
    | 'drop'
    | 'unmark'
    | 'date'
    | 'call';
  /** The partitions that it is about, by their names as partitions, `schema.name`. */
  readonly partitions: readonly string[];
  readonly why: string;
  /** Sent in one transaction, in this order; a detach is one statement outside of any. */
  readonly statements: readonly string[];
  /** Every lock that it takes, in words. */
  readonly lock: string;
  /** What may be sent in the place of a statement, or after it, where others get in between. */
  readonly followUps: readonly string[];
  /** What becomes of the partitions once all actions on them are done; null of one that changes none of them. */
  readonly endsAs: EndsAs | null;
};

/** The actions as a report lists them, one entry for each statement. */
export function statementsOf(actions: readonly Action[]): Statement[] {
  return actions.flatMap(({ statements, kind, lock, partitions, why, followUps, endsAs }) =>
    statements.map((sql) => ({ sql, lock, partitions, action: kind, why, followUps, endsAs })),
  );
}
