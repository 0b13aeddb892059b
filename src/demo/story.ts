import { posix } from 'node:path';
import { styleText } from 'node:util';
import type { DemoEvent, DemoResult, Partition, Run } from './events.ts';
import { dayOf, monthOf, monthsBetween } from './months.ts';
import { type Column, drawTimeline } from './timeline.ts';

type SceneEvent = Extract<DemoEvent, { kind: 'filled' }>;
type Style = Parameters<typeof styleText>[0];
const DAY = 24 * 60 * 60 * 1000;

const paint = (color: boolean, style: Style, text: string) =>
  color ? styleText(style, text, { validateStream: false }) : text;

/** The text for one event: whole lines. */
export function eventText(event: DemoEvent, color: boolean): string {
  switch (event.kind) {
    case 'rendered':
      return `${heading('1. Render the built-in spec', color)} to ${event.folder}\n\n${indent(event.paths)}`;
    case 'booting':
      return `\n${heading('2. Start PostgreSQL', color)} inside this process (PGlite)\n\n`;
    case 'booted':
      return `  Version ${event.version} was up after ${(event.milliseconds / 1000).toFixed(1)} s\n`;
    case 'filled':
      return sceneText(event, color);
    case 'opened':
      return `\n${heading('3. Run the scripts', color)} as cron or systemd would\n\n  PG_DSN="${event.dsn}"\n`;
    case 'inserted':
      return insertText(event.month, event.refusal, color);
    case 'ran':
      return runText(event.run, color);
  }
}

/** The partitions after the last run, beside what was there before, and the runway. */
export function resultText({ before, after, now }: DemoResult, color: boolean): string {
  const [first, last] = [before[0], after.at(-1)];
  if (!first || !last) return '';
  const columns = monthsBetween(first.from, last.from).map((month): Column => {
    const kept = after.find(({ from }) => monthOf(from) === month);
    if (!kept) return { month, rows: undefined, note: { text: 'dropped', color: 'red' } };
    const old = before.some(({ name }) => name === kept.name);
    return old ? { month, rows: kept.rows } : { month, rows: kept.rows, note: { text: 'new', color: 'green' } };
  });
  return `\n${heading('4. After', color)}: ${stateText(after, now)}\n\n${indent(drawTimeline(columns, color))}`;
}

function sceneText({ migration, partitions, now }: SceneEvent, color: boolean): string {
  const columns: Column[] = partitions.map(({ from, rows }) => ({ month: monthOf(from), rows }));
  const end = partitions.at(-1)?.to;
  if (end) columns.push({ month: monthOf(end), rows: undefined, note: { text: 'no partition', color: 'yellow' } });
  return [
    `  Applied ${posix.basename(migration)}, then filled ${partitions.length} months\n`,
    `  Before: ${stateText(partitions, now)}\n`,
    indent(drawTimeline(columns, color)),
  ].join('\n');
}

function stateText(partitions: readonly Partition[], now: Date): string {
  const rows = partitions.reduce((sum, partition) => sum + partition.rows, 0).toLocaleString('en');
  const end = partitions.at(-1)?.to ?? now;
  const days = Math.floor((end.getTime() - now.getTime()) / DAY);
  return `${partitions.length} partitions, ${rows} rows, runway ${days} ${days === 1 ? 'day' : 'days'} (until ${dayOf(end)})`;
}

function insertText(month: string, refusal: string | undefined, color: boolean): string {
  const outcome = refusal === undefined ? paint(color, 'green', 'stored') : paint(color, 'red', `refused: ${refusal}`);
  return `\n  A row of ${month} is ${outcome}\n`;
}

function runText({ command, exitCode, output }: Run, color: boolean): string {
  const end = paint(color, exitCode === 0 ? 'green' : 'red', `exit ${exitCode}`);
  const lines = output.trimEnd();
  return `\n${indent([paint(color, 'bold', `$ ${command}`), ...(lines === '' ? [] : fold(lines.split('\n'))), end])}`;
}

/** Shows the first two of many partitions that were kept, and how many more there are. */
function fold(lines: readonly string[]): readonly string[] {
  const kept = lines.filter((line) => line.startsWith('kept '));
  const [, second, ...more] = kept;
  if (second === undefined || more.length < 3) return lines;
  const shown = lines.filter((line) => !more.includes(line));
  return shown.toSpliced(shown.indexOf(second) + 1, 0, `... ${more.length} more lines: kept`);
}

function heading(text: string, color: boolean): string {
  return paint(color, ['bold', 'cyan'], text);
}

function indent(lines: readonly string[]): string {
  return lines.map((line) => `${line === '' ? '' : '  '}${line}\n`).join('');
}
