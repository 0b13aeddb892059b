import { AppError } from '../../errors.ts';
import { literal, type QualifiedName, qualified } from '../shared/sql.ts';

/** What comes next, and the query that shows who is in the way. */
export function lockAdvice(table: QualifiedName, next = 'The next run tries again.'): string {
  // Of this database alone: in a copy of it the table has the same number.
  const query = `SELECT pid, mode, granted FROM pg_locks JOIN pg_stat_activity USING (pid) WHERE datname = current_database() AND relation = ${literal(qualified(table)).trim()}::regclass;`;
  return `${next} Who holds locks on the table: ${query}`;
}

/** Restore works under the lock of retention, so that neither takes what the other has in hand. */
export function retentionRuns(set: string): AppError {
  return new AppError('locked', `a run of the retention job of ${set}, or another restore, holds its lock`, {
    advice: 'Run restore again when that has ended.',
  });
}

/** Not a failure: several hosts may run the same timer, and one of them is enough. */
export function anotherRun(set: string, job: 'ensure' | 'retention'): AppError {
  return new AppError('locked', `another run of the ${job} job of ${set} holds its lock; this one leaves it the work`);
}
