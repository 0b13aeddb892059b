import { posix } from 'node:path';
import { styleText } from 'node:util';
import { dayOf, monthOf, monthsBetween } from './months.ts';
import type { DemoEvent, DemoResult, Partition, Run } from './play.ts';
import { type Column, drawTimeline } from './timeline.ts';

type Style = Parameters<typeof styleText>[0];
const DAY = 24 * 60 * 60 * 1000;

const paint = (color: boolean, style: Style, text: string) =>
  color ? styleText(style, text, { validateStream: false }) : text;

/** The text for one event; ends in a line break unless more is to follow on the line. */
export function tellEvent(event: DemoEvent, color: boolean): string {
  switch (event.kind) {
    case 'rendered':
      return `${heading('1. Render the built-in spec', color)} to ${event.folder}\n\n${indent(event.paths)}`;
    case 'booting':
      return `\n${heading('2. Start PostgreSQL', color)} inside this process (PGlite) ...`;
    case 'booted':
      return ` version ${event.version}, ${(event.milliseconds / 1000).toFixed(1)} s\n`;
    case 'filled':
      return tellScene(event, color);
    case 'inserted':
      return tellInsert(event.month, event.refusal, color);
    case 'ran':
      return tellRun(event.run, color);
  }
}

/** The partitions after the last run, beside what was there before, and the runway. */
export function tellResult({ before, after, now }: DemoResult, color: boolean): string {
  const [first, last] = [before[0], after.at(-1)];
  if (!first || !last) return '';
  const columns = monthsBetween(first.from, last.from).map((month): Column => {
    const kept = after.find(({ from }) => monthOf(from) === month);
    if (!kept) return { month, rows: undefined, note: { text: 'dropped', color: 'red' } };
    const old = before.some(({ name }) => name === kept.name);
    return old ? { month, rows: kept.rows } : { month, rows: kept.rows, note: { text: 'new', color: 'green' } };
  });
  return `\n${heading('4. After', color)}: ${tellState(after, now)}\n\n${indent(drawTimeline(columns, color))}`;
}

function tellScene(
  { migration, partitions, now, dsn }: Extract<DemoEvent, { kind: 'filled' }>,
  color: boolean,
): string {
  const columns: Column[] = partitions.map(({ from, rows }) => ({ month: monthOf(from), rows }));
  const end = partitions.at(-1)?.to;
  if (end) columns.push({ month: monthOf(end), rows: undefined, note: { text: 'no partition', color: 'yellow' } });
  return [
    `   and apply ${posix.basename(migration)}, then fill in ${partitions.length} months\n`,
    `   Before: ${tellState(partitions, now)}\n`,
    indent(drawTimeline(columns, color)),
    `${heading('3. Run the scripts', color)} as cron or systemd would`,
    '',
    `  PG_DSN="${dsn}"\n`,
  ].join('\n');
}

function tellState(partitions: readonly Partition[], now: Date): string {
  const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0).toLocaleString('en');
  const end = partitions.at(-1)?.to ?? now;
  const days = Math.floor((end.getTime() - now.getTime()) / DAY);
  return `${partitions.length} partitions, ${rows} rows, runway ${days} ${days === 1 ? 'day' : 'days'} (until ${dayOf(end)})`;
}

function tellInsert(month: string, refusal: string | undefined, color: boolean): string {
  const outcome = refusal === undefined ? paint(color, 'green', 'stored') : paint(color, 'red', `refused: ${refusal}`);
  return `\n  A row of ${month} is ${outcome}\n`;
}

function tellRun({ command, exitCode, output }: Run, color: boolean): string {
  const end = paint(color, exitCode === 0 ? 'green' : 'red', `exit ${exitCode}`);
  const lines = output.trimEnd();
  return `\n${indent([paint(color, 'bold', `$ ${command}`), ...(lines === '' ? [] : fold(lines.split('\n'))), end])}`;
}

/** Shows the first two of many partitions that were kept, and how many more there are. */
function fold(lines: readonly string[]): string[] {
  const kept = lines.flatMap((line, index) => (line.startsWith('kept ') ? [index] : []));
  const [first, , third] = kept;
  if (first === undefined || third === undefined || kept.length < 5) return [...lines];
  const hidden = new Set(kept.slice(2));
  return lines.flatMap((line, index) => {
    if (index === third) return [`... ${hidden.size} more lines: kept`];
    return hidden.has(index) ? [] : [line];
  });
}

function heading(text: string, color: boolean): string {
  return paint(color, ['bold', 'cyan'], text);
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `${line === '' ? '' : '  '}${line}\n`).join('');
}
