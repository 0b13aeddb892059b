import { plainName, type QualifiedName } from './sql.ts';

/** A stretch of time in milliseconds since the epoch, or what a DEFAULT partition holds. */
type Bounds = { readonly isDefault: boolean; readonly from: number; readonly to: number };

const DAY_MS = 86_400_000;
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** An instant for people and for JSON: `2026-02-01` at midnight UTC, else with its time; `infinity` as PostgreSQL has it. */
export function spellInstant(instant: number): string {
  if (instant === Number.POSITIVE_INFINITY) return 'infinity';
  if (instant === Number.NEGATIVE_INFINITY) return '-infinity';
  return new Date(instant).toISOString().replace('T00:00:00.000Z', '').replace('.000Z', 'Z');
}

/** `[2026-02-01, 2026-03-01)`, or `DEFAULT`. */
function spellBounds({ isDefault, from, to }: Bounds): string {
  return isDefault ? 'DEFAULT' : `[${spellInstant(from)}, ${spellInstant(to)})`;
}

/** A size with three digits or so; 1 kB is 1024 B, as PostgreSQL counts. */
export function spellBytes(bytes: number): string {
  const power = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  const value = bytes / 1024 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${UNITS[power]}`;
}

/** Whole days from now until then, rounded down. */
export function daysUntil(now: number, then: number): number {
  return Math.floor((then - now) / DAY_MS);
}

/** Clauses as one sentence, none of them twice: `Check this; check that.` */
export function sentenceOf(clauses: readonly string[]): string {
  const text = [...new Set(clauses)].join('; ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** `1 day`, `2 days`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `schema.a [from, to), schema.b [from, to)`. */
export function listPartitions(partitions: ReadonlyArray<QualifiedName & Bounds>): string {
  return partitions.map((partition) => `${plainName(partition)} ${spellBounds(partition)}`).join(', ');
}

/** Text that keeps to its line: control characters, which a name may hold, are shown as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
