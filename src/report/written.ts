import type { Finding } from '../tree/compare.ts';

/** What a render did to the folder: paths, each list sorted. */
export type Written = {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  /** Permission bits set. */
  readonly modes: readonly string[];
  /** Rendered earlier, not any more. */
  readonly removed: readonly string[];
  /** Rendered earlier, but changed since by somebody else: left for a person. */
  readonly kept: readonly string[];
  readonly unchanged: readonly string[];
  /** Not hotlookup's; left alone. */
  readonly foreign: readonly string[];
};

/** Sorts the findings that `writeTree` has acted on by what it did. */
export function written(findings: readonly Finding[]): Written {
  const paths = (state: Finding['state']) =>
    findings.filter((finding) => finding.state === state).map(({ path }) => path);
  return {
    created: paths('missing'),
    updated: paths('changed'),
    modes: paths('mode'),
    removed: paths('stale'),
    kept: paths('kept'),
    unchanged: paths('unchanged'),
    foreign: paths('foreign'),
  };
}

/** One line for each file that was touched, sorted by what was done. */
export function listWritten({ created, updated, modes, removed }: Written): string {
  const lines = [
    ...created.map((path) => `created  ${path}\n`),
    ...updated.map((path) => `updated  ${path}\n`),
    ...modes.map((path) => `mode     ${path}\n`),
    ...removed.map((path) => `removed  ${path}\n`),
  ];
  return lines.join('');
}

/** The whole in one line, and what a person may have to look at. */
export function summarizeWritten(done: Written, root: string): string {
  const counts = [
    [done.created, 'created'],
    [done.updated, 'updated'],
    [done.modes, 'mode set'],
    [done.removed, 'removed'],
    [done.unchanged, 'unchanged'],
  ] as const;
  const words = counts.filter(([paths]) => paths.length > 0).map(([paths, word]) => `${paths.length} ${word}`);
  const kept = done.kept.map(
    (path) => `kept ${path}: not rendered any more, but changed since; remove it if it is not needed\n`,
  );
  return `${kept.join('')}${root}: ${words.join(', ')}\n`;
}
