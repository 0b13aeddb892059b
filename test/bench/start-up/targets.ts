import { milliseconds, type Section } from '../section.ts';

/** One line of the table; times in milliseconds. */
export type Result = {
  readonly what: string;
  readonly measured: number;
  readonly allowed: number;
  /** How `allowed` comes about. */
  readonly target: string;
};

export type Skipped = { readonly what: string; readonly skipped: string };

const isMet = (result: Result): boolean => result.measured <= result.allowed;

const cells = (result: Result | Skipped): string[] =>
  'skipped' in result
    ? [result.what, 'skipped', result.skipped, '']
    : [
        result.what,
        milliseconds(result.measured),
        `${milliseconds(result.allowed)} (${result.target})`,
        isMet(result) ? 'met' : 'missed',
      ];

export function startUpSection(results: readonly (Result | Skipped)[]): Section {
  return {
    title: 'Start-up',
    columns: [{ title: 'What' }, { title: 'Median', align: 'right' }, { title: 'Allowed' }, { title: 'Target' }],
    rows: results.map(cells),
    notes: [],
    missed: results.flatMap((result) => ('measured' in result && !isMet(result) ? [result.what] : [])),
    figures: results,
  };
}
