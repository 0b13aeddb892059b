import { basename, dirname } from 'node:path/posix';
import { draftPrefix, HEAD } from '../../runtime/metrics/file.ts';
import type { Observed } from '../observe/observed.ts';
import { joinParts, type Part, part } from './part.ts';

/** What jobs that are gone have left, drafts of killed runs too: Prometheus would read it for ever. */
export const removeMetrics = ({ at, manifest }: Pick<Observed, 'at' | 'manifest'>, kept: ReadonlySet<string>): Part =>
  joinParts((manifest?.metrics ?? []).filter((path) => !kept.has(path)).map((path) => removeFile(path, at)));

function removeFile(path: string, at: Observed['at']): Part {
  const found = at.get(path);
  const isJobs = found?.type === 'file' && found.contents.toString('utf8').startsWith(HEAD);
  const paths = [...draftsOf(path, at), ...(isJobs ? [path] : [])];
  return part({
    steps: paths.map((path) => ({ do: 'remove', path, why: 'the job that wrote it is gone' })),
    notes: found && !isJobs ? [`${path} stays: no job wrote what it holds`] : [],
  });
}

const draftsOf = (path: string, at: Observed['at']): string[] =>
  [...at]
    .filter(([other, { type }]) => type === 'file' && dirname(other) === dirname(path))
    .map(([other]) => other)
    .filter((other) => basename(other).startsWith(draftPrefix(path)));
