/**
 * A place in a run: what has been done of one of its messages when the fault strikes. 0 statements: it has not reached the
 * server. All of them: the server has done it and says so, which the helper does not hear any more. In between: only so many
 * of its statements have been done. Messages are told apart by their text and by which of that text they are, since one that
 * had to wait for a lock is sent again.
 */
export type Point = {
  readonly text: string;
  /** Counted from 1. */
  readonly occurrence: number;
  readonly statements: number;
  readonly of: number;
};

/** How the helper joins the statements of one message. */
const JOIN = ';\n';

export const statementsOf = (sql: string): string[] => sql.split(JOIN);

/** The message's beginning, with so many statements. */
export const firstStatements = (sql: string, count: number): string => statementsOf(sql).slice(0, count).join(JOIN);

/** Numbers and times differ from run to run. */
export const textOf = (sql: string): string => sql.replaceAll(/\d+/g, '#');

/** All points of a run that sent these messages, in their order. */
export function pointsOf(messages: readonly string[]): Point[] {
  const seen = new Map<string, number>();
  return messages.flatMap((sql) => {
    const text = textOf(sql);
    const occurrence = (seen.get(text) ?? 0) + 1;
    seen.set(text, occurrence);
    const of = statementsOf(sql).length;
    return Array.from({ length: of + 1 }, (_, statements) => ({ text, occurrence, statements, of }));
  });
}

/** Before and after each message. */
export const edgesOf = (points: readonly Point[]): Point[] =>
  points.filter(({ statements, of }) => statements === 0 || statements === of);

/** Of points that are the same to the server, one: after a message is before the next one. */
export const boundariesOf = (points: readonly Point[]): Point[] =>
  points.filter(({ statements }, index) => index === 0 || statements > 0);

/** One line that says where: `before "DROP TABLE …" (1)`. */
export function describePoint({ text, occurrence, statements, of }: Point): string {
  const place = statements === 0 ? 'before' : statements === of ? 'after' : `after ${statements} of ${of} in`;
  return `${place} "${text.replaceAll(/\s+/g, ' ').slice(0, 100)}" (${occurrence})`;
}
