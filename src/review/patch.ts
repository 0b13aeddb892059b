import { createTwoFilesPatch } from 'diff';

const CONTEXT_LINES = 3;

/** A unified diff that ends in a line end; `before` and `after` are the names in its header. */
export function unifiedDiff(before: string, after: string, oldText: string, newText: string): string {
  const patch = createTwoFilesPatch(before, after, oldText, newText, undefined, undefined, { context: CONTEXT_LINES });
  return patch.replace(/^=+\n/, '');
}
