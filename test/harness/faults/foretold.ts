import type { Report, Statement } from '../../../src/runtime/job/report.ts';
import { statementsOf } from './points.ts';

/** What only reads, waits for locks, or begins, ends and sets up a transaction. Everything else does something. */
const HARMLESS = [
  /^(?:BEGIN|COMMIT|ROLLBACK|SAVEPOINT)\b/,
  /^(?:SET LOCAL|RESET) /,
  /^LOCK TABLE ONLY /,
  // A function of somebody's is called by its quoted name; the helper's own questions have none in the first place.
  /^SELECT\s(?!")/,
  /^WITH /,
];

/** Marker times are those of the run. */
const withoutTimes = (sql: string) => sql.replaceAll(/"(at|until|restoring)":"[^"]*"/g, '"$1":"…"');

/** What of these messages changes something or calls a function, in its order. */
export function doings(messages: readonly string[]): string[] {
  return messages
    .flatMap(statementsOf)
    .filter((sql) => !HARMLESS.some((form) => form.test(sql)))
    .map(withoutTimes);
}

/** What a dry run has foretold: its statements, each with the others of its action's and what may come beside them. */
export type Foretold = Pick<Statement, 'sql' | 'followUps' | 'partitions' | 'endsAs'>;

export const foretoldBy = ({ plan }: Pick<Report, 'plan'>): Foretold[] =>
  (plan?.statements ?? []).map((one) => ({ ...one, sql: withoutTimes(one.sql) }));

export type Comparison = {
  /** What reached the server and was not foretold: there must be none. */
  readonly surplus: readonly string[];
  /** What was foretold and not sent. */
  readonly undone: readonly Foretold[];
};

/**
 * Holds what was sent against what was foretold, as sequences. An action may be repeated from its beginning; a follow-up may stand
 * where its action stands, or behind it; nothing may be added.
 */
export function compareWithForetold(foretold: readonly Foretold[], sent: readonly string[]): Comparison {
  const surplus: string[] = [];
  const undone: Foretold[] = [];
  let next = 0;
  for (const sql of sent) {
    const ahead = foretold.findIndex((one, index) => index >= next && one.sql === sql);
    if (ahead >= 0) {
      undone.push(...foretold.slice(next, ahead));
      next = ahead + 1;
    } else if (!mayComeHere(foretold, next, sql)) surplus.push(sql);
  }
  undone.push(...foretold.slice(next));
  const replaced = ({ followUps }: Foretold) => followUps.some((sql) => sent.includes(withoutTimes(sql)));
  return { surplus, undone: undone.filter((one) => !replaced(one)) };
}

/** A repetition of what was sent last, or a follow-up of it or of what comes next. */
function mayComeHere(foretold: readonly Foretold[], next: number, sql: string): boolean {
  const last = foretold[next - 1];
  const partition = last?.partitions.join();
  const repeatable = foretold.slice(0, next).filter((one) => one.partitions.join() === partition);
  const followUps = [last, foretold[next]].flatMap((one) => one?.followUps ?? []);
  return repeatable.some((one) => one.sql === sql) || followUps.map(withoutTimes).includes(sql);
}
