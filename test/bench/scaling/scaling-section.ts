import { milliseconds, type Section, times } from '../section.ts';
import type { Point } from './points.ts';

/** Points of which only one thing grows, the smallest first. */
export type Series = { readonly unit: Unit; readonly points: readonly Point[] };

type Unit = 'month' | 'partition set';

const TITLE = 'Ensure, by how much there is to create';
const COLUMNS = [
  { title: 'Created' },
  ...['Script', '`psql`', 'Script / `psql`'].map((title) => ({ title, align: 'right' as const })),
  { title: 'Target' },
];

const MOST_RATIO = 1.5;
/** A process with less to do spends most of its time on its own start, which has a target of its own. */
const FEW_MONTHS = 12;
/** What a series may bend and still be called linear. */
const BEND = 1.2;

/** The most that the script may take, in milliseconds; `bareNode` is what node alone takes to start and to end. */
export function allowedOf({ sets, months, psql }: Point, bareNode: number): number {
  return MOST_RATIO * psql + (months < FEW_MONTHS ? sets * bareNode : 0);
}

const sizeOf = ({ sets, months }: Point, unit: Unit) => (unit === 'month' ? months : sets);

/**
 * What one more costs at the end of a series, as a multiple of what it costs near its beginning: 1 is a straight line. Counted
 * from the first point, so that the start of the process does not make a bend look smaller.
 */
export function growth({ unit, points }: Series, way: 'script' | 'psql'): number {
  const [first, second, last] = [points[0], points[1], points.at(-1)];
  if (!first || !second || !last) return Number.NaN;
  const each = (point: Point) => (point[way] - first[way]) / (sizeOf(point, unit) - sizeOf(first, unit));
  return each(last) / each(second);
}

const isStraight = (series: Series): boolean => growth(series, 'script') <= BEND * Math.max(1, growth(series, 'psql'));

export function scalingSection(series: readonly Series[], bareNode: number): Section {
  const rows = series.flatMap((one) => one.points.map((point) => judge(point, one.unit, bareNode)));
  return {
    title: TITLE,
    columns: COLUMNS,
    rows: rows.map(({ cells }) => cells),
    notes: [describe(bareNode), ...series.map(growthNote)],
    missed: [
      ...rows.filter(({ isMet }) => !isMet).map(({ what }) => `ensure of ${what}`),
      ...series.filter((one) => !isStraight(one)).map(({ unit }) => `ensure is not linear by ${unit}`),
    ],
    figures: {
      bareNode,
      series: series.map((one) => ({
        ...one,
        growth: { script: growth(one, 'script'), psql: growth(one, 'psql') },
      })),
    },
  };
}

const describe = (bareNode: number): string =>
  [
    'Medians, from the start of the processes to their end. One process for each partition set, one after the other;',
    'psql sends the same statements, `LIKE` and `ATTACH PARTITION`, in one transaction.',
    `Target: ${MOST_RATIO} × psql; where a process creates fewer than ${FEW_MONTHS} months,`,
    `bare node (${milliseconds(bareNode)}) on top for each.`,
  ].join(' ');

/** The table where there is nothing to compare with. */
export const skippedScaling = (reason: string): Section => ({
  title: TITLE,
  columns: COLUMNS,
  rows: [['months and partition sets', 'skipped', reason, '', '']],
  notes: [],
  missed: [],
  figures: { skipped: reason },
});

function judge(point: Point, unit: Unit, bareNode: number) {
  const { sets, months, script, psql } = point;
  const isMet = script <= allowedOf(point, bareNode);
  const what = unit === 'month' ? count(months, unit) : `${count(sets, unit)} of ${count(months, 'month')}`;
  const cells = [what, milliseconds(script), milliseconds(psql), times(script / psql), isMet ? 'met' : 'missed'];
  return { what, isMet, cells };
}

function growthNote(series: Series): string {
  const { unit, points } = series;
  const at = (point: Point | undefined) => point && sizeOf(point, unit);
  return [
    `One more ${unit} costs, at ${at(points.at(-1))} of them, ${times(growth(series, 'script'))} what it costs at ${at(points[1])};`,
    `through psql ${times(growth(series, 'psql'))}: ${isStraight(series) ? 'linear' : 'not linear'}.`,
  ].join(' ');
}

const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`;
