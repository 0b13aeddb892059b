import { type Section, times } from '../section.ts';

/** One line of the table. */
export type Result = {
  readonly what: string;
  /** What it is compared with, in the same run. */
  readonly beside: string;
  /** Medians in milliseconds. */
  readonly measured: number;
  readonly peer: number;
  /** So many times the peer it may take. */
  readonly most: number;
};

export type Skipped = { readonly what: string; readonly skipped: string };

/** Not met where nothing was measured. */
const isMet = ({ measured, peer, most }: Result): boolean => measured / peer <= most;

const cells = (result: Result | Skipped): string[] =>
  'skipped' in result
    ? [result.what, result.skipped, 'skipped', '', '']
    : [
        result.what,
        result.beside,
        times(result.measured / result.peer),
        times(result.most),
        isMet(result) ? 'met' : 'missed',
      ];

export function ratioSection(
  title: string,
  results: readonly (Result | Skipped)[],
  notes: readonly string[] = [],
): Section {
  return {
    title,
    columns: [
      { title: 'What' },
      { title: 'Beside' },
      { title: 'Ratio', align: 'right' },
      { title: 'At most', align: 'right' },
      { title: 'Target' },
    ],
    rows: results.map(cells),
    notes,
    missed: results.flatMap((result) => ('measured' in result && !isMet(result) ? [result.what] : [])),
    figures: results,
  };
}
