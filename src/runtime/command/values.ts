import { wholeNumberFrom } from '../../options.ts';
import { LARGEST_SIZE, parseSize } from '../../size.ts';
import { type Month, monthOf } from '../shared/months.ts';
import type { QualifiedName } from '../shared/sql.ts';

/** Ends the run with exit code 2: says what is wrong, and how the script is called. */
export type Fail = (problem: string) => never;

type Range = Parameters<typeof wholeNumberFrom>[0];

/** A whole number as people write it: no sign, no leading zero, no white space, no other spelling. */
export function wholeNumber(text: string, what: string, range: Range, fail: Fail): number {
  const number = /^(?:0|[1-9]\d{0,5})$/.test(text) ? Number(text) : -1;
  if (number >= range.min && number <= range.max) return number;
  return fail(`${what} must be ${wholeNumberFrom(range)}, not ${JSON.stringify(text)}`);
}

export function size(text: string, option: string, fail: Fail): number {
  const bytes = parseSize(text) ?? 0;
  if (bytes > 0 && bytes <= LARGEST_SIZE) return bytes;
  return fail(`${option} must be a size such as 500MB or 10GB, at most 1024TB, not ${JSON.stringify(text)}`);
}

/** Years of four digits, so that the month after it has one of four digits, too. */
export function monthGiven(text: string, fail: Fail): Month {
  if (/^[1-9]\d{3}-(?:0[1-9]|1[0-2])$/.test(text) && text < '9999-12') return monthOf(Date.parse(`${text}-01`));
  return fail(`restore needs a month such as 2026-02, not ${JSON.stringify(text)}`);
}

export function tableName(text: string, fail: Fail): QualifiedName {
  const [schema, name, ...rest] = text.split('.');
  if (schema && name && rest.length === 0) return { schema, name };
  return fail(`--from-table must be SCHEMA.NAME, unquoted and without further dots, not ${JSON.stringify(text)}`);
}
