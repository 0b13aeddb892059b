import * as z from 'zod';
import { OPTIONS } from '../options.ts';
import { choice, flag, map, orFalse, qualifiedName, schedule, setName, size, wholeNumber } from './values.ts';

const WHEN = 'When the job runs: one cron expression, read as UTC by systemd and pg_cron, in host time by cron';

const ensure = map({
  function: qualifiedName.describe('Function (int) that creates the partitions of the current and the next N months'),
  monthsAhead: wholeNumber(OPTIONS.monthsAhead)
    .default(OPTIONS.monthsAhead.default)
    .describe('How many months after the current one must exist'),
  schedule: schedule.default('10 0 1 * *').describe(WHEN),
});

const retention = map({
  function: qualifiedName.describe('Function (int, bool) that drops partitions older than N months; true is a dry run'),
  keepMonths: wholeNumber(OPTIONS.keepMonths)
    .default(OPTIONS.keepMonths.default)
    .describe('How many whole months before the current one are kept'),
  schedule: schedule.default('15 0 * * *').describe(WHEN),
  strategy: choice(OPTIONS.strategy.words)
    .default(OPTIONS.strategy.default)
    .describe(
      'How partitions go: detached concurrently, which needs the rights of their owner, or by the function; auto takes what is possible',
    ),
  graceDays: wholeNumber(OPTIONS.graceDays)
    .default(OPTIONS.graceDays.default)
    .describe('How many days a detached partition is kept in the schema hotlookup_grace; not with the function'),
  maxDropShare: wholeNumber(OPTIONS.maxDropShare)
    .default(OPTIONS.maxDropShare.default)
    .describe(
      'The most percent of the partitions that have begun, and of their rows, that may go in one run without --allow-drops; one alone may always',
    ),
  maxDrops: wholeNumber(OPTIONS.maxDrops)
    .optional()
    .meta({ examples: [3] })
    .describe('The most partitions that may go in one run without --allow-drops'),
  maxDropBytes: size
    .optional()
    .meta({ examples: ['100GB'] })
    .describe('The most bytes that may go in one run, indexes included, without --allow-drop-bytes'),
  idle: flag
    .default(OPTIONS.idle.default)
    .describe(
      'The table is idle on purpose; else months without rows make the clocks suspicious, and nothing is dropped',
    ),
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
  ensure: { function: 'scanner.ensure_artifact_boms_future_partitions' },
  retention: { function: 'scanner.drop_artifact_boms_partitions_older_than' },
};
