import { metricsPath } from '../../runtime/metrics/file.ts';
import type { Desired, DesiredJob } from '../desired/desired.ts';
import type { Observed } from '../observe/observed.ts';
import type { Step } from './step.ts';

/** Runs the ensure jobs that can run. */
export const runEnsureJobs = ({ jobs, metrics }: Desired, { isLive }: Observed, masked: ReadonlySet<string>): Step[] =>
  isLive
    ? ensureJobs(jobs, masked).map(({ service, set, job }) => ({
        do: 'run',
        unit: service,
        writes: metrics ? [metricsPath(metrics.directory, set, job)] : [],
      }))
    : [];

/** A month may begin before the first scheduled run. */
export function noteFirstRun(begun: readonly DesiredJob[], { isLive }: Observed): string[] {
  const services = ensureJobs(begun, new Set()).map(({ service }) => service);
  if (!isLive || services.length === 0) return [];
  return [
    `no job has run yet: create the partitions that are missing now with systemctl start ${services.join(' ')}, or wait for the schedule`,
  ];
}

const ensureJobs = (jobs: readonly DesiredJob[], masked: ReadonlySet<string>): DesiredJob[] =>
  jobs.filter(({ job, service }) => job === 'ensure' && !masked.has(service));
