import { styleText } from 'node:util';

/** One month of the chart. */
export type Column = {
  /** `YYYY-MM`. */
  readonly month: string;
  /** undefined where no partition covers the month. */
  readonly rows: number | undefined;
  readonly note?: { readonly text: string; readonly color: 'red' | 'green' | 'yellow' };
};

const HEIGHT = 3;
const EIGHTHS = ' ▁▂▃▄▅▆▇█';
const NAMES = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A bar chart with one column a month: bars, rows, month names, years, and notes below. */
export function drawTimeline(columns: readonly Column[], color: boolean): string[] {
  const most = Math.max(1, ...columns.map(({ rows }) => rows ?? 0));
  const paint = (column: Column, text: string) =>
    color && column.note && text !== '' ? styleText(column.note.color, text, { validateStream: false }) : text;
  const line = (cell: (column: Column) => string) =>
    columns.map((column) => pad(cell(column), (text) => paint(column, text))).join('');
  const years = columns.map(({ month }, index) => (index === 0 || month.endsWith('-01') ? month.slice(0, 4) : ''));
  const levels = Array.from({ length: HEIGHT }, (_, index) => HEIGHT - 1 - index);
  return [
    ...levels.map((level) => line(({ rows }) => block(rows, most, level).repeat(3).trimEnd())),
    line(({ rows }) => (rows === undefined ? '-' : `${rows}`).padStart(2)),
    line(({ month }) => NAMES[Number(month.slice(5)) - 1] ?? month),
    years.map((year) => year.padEnd(4)).join(''),
    notes(columns, paint),
  ].map((text) => text.trimEnd());
}

/** Fills a cell's text up to the width of a column, outside the paint. */
function pad(text: string, paint: (text: string) => string): string {
  return paint(text) + ' '.repeat(4 - text.length);
}

/** The part of a bar that lies in one line of the chart; an existing partition shows at least a thin one. */
function block(rows: number | undefined, most: number, level: number): string {
  if (rows === undefined) return ' ';
  const height = Math.max(1, Math.round((rows / most) * HEIGHT * 8));
  return EIGHTHS[Math.min(8, Math.max(0, height - level * 8))] ?? ' ';
}

/** Each note once, below the first of the columns that share it; the last one may run to the left of its column's end. */
function notes(columns: readonly Column[], paint: (column: Column, text: string) => string): string {
  let line = '';
  let width = 0;
  for (const [index, column] of columns.entries()) {
    const { note } = column;
    if (!note || note.text === columns[index - 1]?.note?.text) continue;
    const last = index === columns.length - 1;
    const start = last ? index * 4 + 3 - note.text.length : index * 4;
    const gap = ' '.repeat(Math.max(0, start - width));
    line += gap + paint(column, note.text);
    width += gap.length + note.text.length;
  }
  return line;
}
