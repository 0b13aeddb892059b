import { shell } from '../render/quoting.ts';
import type { Difference } from './difference.ts';

const RESET = '\x1b[0m';
const COLORS = [
  ['@@', '\x1b[36m'],
  ['+++', '\x1b[1m'],
  ['---', '\x1b[1m'],
  ['+', '\x1b[32m'],
  ['-', '\x1b[31m'],
] as const;

/** Colours a unified diff. */
export const paintDiff = (diff: string): string => diff.split('\n').map(paint).join('\n');

function paint(line: string): string {
  const color = COLORS.find(([start]) => line.startsWith(start))?.[1];
  return color && line ? `${color}${line}${RESET}` : line;
}

/** Differences as a reviewer reads them: a line for each, its diff below it. Ends in a line end unless it is empty. */
export function listDifferences(
  differences: readonly (Omit<Difference, 'kind'> & { kind: string })[],
  color: boolean,
): string {
  return differences
    .map(({ kind, path, what, patch = '' }) => {
      const diff = color ? paintDiff(patch) : patch;
      return `${kind.padEnd(8)} ${path}: ${what}\n${diff}`;
    })
    .join('');
}

const SHOWN = 10;

/** A note on files that are not ours, in one line; empty if there are none. */
export function noteForeign(foreign: readonly string[]): string {
  if (foreign.length === 0) return '';
  const more = foreign.length > SHOWN ? ` and ${foreign.length - SHOWN} more` : '';
  return `not hotlookup's, left alone: ${foreign.slice(0, SHOWN).join(', ')}${more}\n`;
}

/** A note on copies that were asked for, which are no difference, in one line; empty if there are none. */
export const noteCopies = (copies: readonly string[]): string =>
  copies.length === 0
    ? ''
    : `copies of edited files that install --force kept, to be removed once they are not needed: ${copies.join(', ')}\n`;

/** The command that makes the folder what the spec renders, ready to be pasted into a shell. */
export function fixCommand(spec: string | undefined, root: string): string {
  const words = ['hotlookup', 'render'];
  if (spec !== undefined) words.push('--spec', shell(spec));
  if (root !== 'generated') words.push('--out', shell(root));
  return words.join(' ');
}
