import { HEAD } from './file.ts';
import type { EndedRun } from './run.ts';
import { OUTCOME } from './series.ts';
import { labelsOf } from './text.ts';

const SAMPLE = /^([a-z_]+)\{([^{}]*)\} (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;

const read = (text: string): number => Number(text.replace('Inf', 'Infinity'));

/** Counters and the times of runs are added to or kept for ever, so a value that none can have is not taken over. */
const isPossible = (name: string, value: number): boolean =>
  !/_total$|_last_/.test(name) || (Number.isFinite(value) && value >= 0);

/**
 * What a job's own file says, by name, without the outcomes; undefined if it is not such a file, or a damaged one. Names that
 * another version has written, or no longer writes, are no damage.
 */
export function parseMetrics(
  text: string,
  job: Pick<EndedRun, 'set' | 'job'>,
): ReadonlyMap<string, number> | undefined {
  if (!text.startsWith(`${HEAD}\n`) || !text.endsWith('\n')) return undefined;
  const labels = labelsOf(job);
  const values = new Map<string, number>();
  for (const line of text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))) {
    const [, name, found = '', value = ''] = SAMPLE.exec(line) ?? [];
    if (name === undefined) return undefined;
    if (name === OUTCOME.name && found.startsWith(`${labels},outcome=`)) continue;
    if (found !== labels || values.has(name) || !isPossible(name, read(value))) return undefined;
    values.set(name, read(value));
  }
  return values;
}
