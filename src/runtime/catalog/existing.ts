import { type QueryResult, rowsOf } from '../shared/answer.ts';

/** Which of these relations there are, in one column `oid`; `oidsIn` reads it. */
export const existingSql = (oids: readonly number[]): string =>
  `SELECT oid FROM pg_catalog.pg_class WHERE oid IN (${[0, ...oids].join(', ')})`;

export const oidsIn = (result: QueryResult | undefined): number[] => rowsOf(result).map(({ oid }) => Number(oid));

/** What is in the first answer and not in the second. */
export function goneBetween(before: QueryResult | undefined, after: QueryResult | undefined): number[] {
  const left = new Set(oidsIn(after));
  return oidsIn(before).filter((oid) => !left.has(oid));
}
