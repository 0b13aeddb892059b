import { HEAD } from './file.ts';
import type { EndedRun } from './run.ts';
import { OUTCOME, OUTCOMES, SERIES, type Series } from './series.ts';

type Labels = Pick<EndedRun, 'set' | 'job'>;

/** `job` would be renamed: Prometheus gives that label to every target. */
export function labelsOf({ set, job }: Labels): string {
  const escaped = set.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
  return `partition_set="${escaped}",partition_job="${job}"`;
}

function spell(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`;
}

const block = ({ name, help, type }: Pick<Series, 'name' | 'help' | 'type'>, samples: readonly string[]) => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
  ...samples.map((sample) => `${name}${sample}`),
];

/**
 * The text of a job's file after a run, in Prometheus' text format. `earlier` is what the file said before, by name; what the
 * run did not learn stays as it was.
 */
export function metricsText(run: EndedRun, earlier: ReadonlyMap<string, number>): string {
  const labels = labelsOf(run);
  const outcomes = OUTCOMES.map(
    ({ name, exitCode }) => `{${labels},outcome="${name}"} ${exitCode === run.exitCode ? 1 : 0}`,
  );
  const lines = SERIES.filter(({ only }) => only === undefined || only === run.job).flatMap((series) =>
    block(series, [`{${labels}} ${spell(series.value(run, earlier.get(series.name)))}`]),
  );
  return [HEAD, ...lines, ...block(OUTCOME, outcomes), ''].join('\n');
}
