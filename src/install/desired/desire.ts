import type { Artifact } from '../../render/artifact.ts';
import { metricsPath } from '../../runtime/metrics/file.ts';
import { parseSchedule, toOnCalendar } from '../../spec/schedule.ts';
import { type PartitionSet, type Spec, specName } from '../../spec/schema.ts';
import type { Desired, DesiredFile, DesiredJob } from './desired.ts';

/** What the rendered artifacts ask of a host. An AppError (exit code 3) if a schedule cannot be read. */
export function desire(artifacts: readonly Artifact[], spec: Spec): Desired {
  const files = artifacts.flatMap(({ contents, installed }): DesiredFile[] =>
    installed ? [{ path: installed.path, contents, mode: Number.parseInt(installed.mode, 8) }] : [],
  );
  const example = files.find(({ path }) => path === spec.envFile);
  if (!example) throw new Error(`no artifact is an example of ${spec.envFile}`);
  const jobs = spec.partitionSets.flatMap((set) => jobsOf(set, spec.scriptsDir));
  return {
    name: specName(spec),
    files: files.filter((file) => file !== example),
    jobs,
    unitsDir: spec.unitsDir,
    access: spec.database.access,
    metrics: spec.metrics && { ...spec.metrics, files: metricsFiles(spec.metrics.directory, jobs) },
    environmentFile: { path: spec.envFile, example: example.contents },
  };
}

const metricsFiles = (directory: string, jobs: readonly DesiredJob[]): string[] =>
  jobs.map(({ set, job }) => metricsPath(directory, set, job));

function jobsOf(set: PartitionSet, scriptsDir: string): DesiredJob[] {
  return (['ensure', 'retention'] as const).flatMap((job) => {
    const wanted = set[job];
    if (!wanted) return [];
    const unit = `${set.name}-${job}`;
    return [
      {
        set: set.name,
        job,
        timer: `${unit}.timer`,
        service: `${unit}.service`,
        calendars: toOnCalendar(parseSchedule(wanted.schedule)),
        partitionsScript: `${scriptsDir}/${set.name}-partitions.sh`,
      },
    ];
  });
}
