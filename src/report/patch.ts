import { createTwoFilesPatch } from 'diff';

const CONTEXT_LINES = 3;

/** A unified diff that ends in a line end; `before` and `after` are the names in its header. */
export function unifiedDiff(before: string, after: string, oldText: string, newText: string): string {
  const patch = createTwoFilesPatch(before, after, oldText, newText, undefined, undefined, { context: CONTEXT_LINES });
  return patch.replace(/^=+\n/, '');
}

/** Longer lines are not for reading: a bundle is told by its digest. */
const READABLE_LINE = 1_000;

/** Whether a person can read a text, and so a diff of it. */
export const isReadable = (text: string): boolean =>
  !text.includes('\0') && text.split('\n').every((line) => line.length <= READABLE_LINE);
