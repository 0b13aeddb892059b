import { basename } from 'node:path/posix';

/** The jobs that leave metrics. */
export type MetricsJob = 'ensure' | 'retention';

/** Every file starts with this line; what does not was not written by a job. */
export const HEAD = '# Written by hotlookup after each run of a job.';

/** The file that a job of a partition set leaves in the folder for metrics. */
export const metricsPath = (directory: string, set: string, job: MetricsJob): string =>
  `${directory}/${set}-${job}.prom`;

/** How the drafts of a file begin. No job's file does, and none ends in .prom, which is all that node_exporter reads. */
export const draftPrefix = (path: string): string => `.${basename(path)}.`;
