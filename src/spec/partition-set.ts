import * as z from 'zod';
import { map, orFalse, qualifiedName, schedule, setName, wholeNumber } from './values.ts';

const WHEN = 'When the job runs: one cron expression, read as UTC by systemd and pg_cron, in host time by cron';

const ensure = map({
  function: qualifiedName.describe('Function (int) that creates the partitions of the current and the next N months'),
  monthsAhead: wholeNumber(0, 120).default(1).describe('How many months after the current one must exist'),
  schedule: schedule.default('10 0 1 * *').describe(WHEN),
});

const retention = map({
  function: qualifiedName.describe('Function (int, bool) that drops partitions older than N months; true is a dry run'),
  keepMonths: wholeNumber(1, 1200).default(12).describe('How many whole months before the current one are kept'),
  schedule: schedule.default('15 0 * * *').describe(WHEN),
});

const partitionSet = map({
  name: setName.describe('Prefix of every file and unit of this partition set'),
  table: qualifiedName.describe('The partitioned table'),
  ensure: orFalse(ensure).describe('The job that creates coming months; false switches it off'),
  retention: orFalse(retention).describe('The job that drops old months; false switches it off'),
});

export const partitionSets = z
  .array(partitionSet, 'a list of partition sets, each with name, table, ensure and retention')
  .min(1, 'at least one partition set');

/** The partition set of the Scanner's SBOM hot lookups. */
export const DEFAULT_PARTITION_SET = {
  name: 'scanner-artifact-boms',
  table: 'scanner.artifact_boms',
  ensure: { function: 'scanner.ensure_artifact_boms_future_partitions', monthsAhead: 1, schedule: '10 0 1 * *' },
  retention: { function: 'scanner.drop_artifact_boms_partitions_older_than', keepMonths: 12, schedule: '15 0 * * *' },
};
