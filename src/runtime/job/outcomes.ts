import type { Action } from './report.ts';

/** What was done to a table, as the report tells it. */
export type TableOutcome = { readonly action: Action; readonly reason: string };
/** By the OIDs of the tables. */
export type TableOutcomes = Map<number, TableOutcome>;

/** Of what was worked on when the connection ended: the last statement may have taken effect. */
export const UNKNOWN: TableOutcome = {
  action: 'unknown',
  reason: 'the connection ended while it was worked on; the next run finds out what became of it',
};
