import type { Desired, DesiredJob } from './desired.ts';
import type { Observed } from './observed.ts';
import type { Step } from './step.ts';

/** Runs the ensure jobs that can run. */
export const runEnsureJobs = ({ jobs }: Desired, { isLive }: Observed, masked: ReadonlySet<string>): Step[] =>
  isLive ? ensureServices(jobs, masked).map((unit) => ({ do: 'run', unit })) : [];

/** A month may begin before the first scheduled run. */
export function noteFirstRun(begun: readonly DesiredJob[], { isLive }: Observed): string[] {
  const services = ensureServices(begun, new Set());
  if (!isLive || services.length === 0) return [];
  return [
    `no job has run yet: create the partitions that are missing now with systemctl start ${services.join(' ')}, or wait for the schedule`,
  ];
}

const ensureServices = (jobs: readonly DesiredJob[], masked: ReadonlySet<string>): string[] =>
  jobs.filter(({ job, service }) => job === 'ensure' && !masked.has(service)).map(({ service }) => service);
