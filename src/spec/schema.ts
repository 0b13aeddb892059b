import * as z from 'zod';
import { parseDuration } from '../duration.ts';

/*
 * The one source of what a spec may say. The parsed type, the defaults, the validation, the JSON Schema for editors, the
 * README's table and the file that `init` writes are all made from it. Every property's `description` is user documentation.
 */

const NO_CONTROL = /^[^\x00-\x1f\x7f]*$/;
const ABSOLUTE_PATH = /^\/(?!.*(?:^|\/)\.{1,2}(?:\/|$))(?!.*\/\/)[^\x00-\x1f\x7f]*[^/\x00-\x1f\x7f]$/;
const IDENTIFIER_PAIR = /^[^\x00-\x1f\x7f".]+\.[^\x00-\x1f\x7f".]+$/;

const absolutePath = z.string().regex(ABSOLUTE_PATH, 'an absolute path without "..", "//" or control characters');

const qualifiedName = z
  .string()
  .regex(IDENTIFIER_PAIR, 'schema.name as the catalog spells it, without quotes')
  .refine(
    (name) => name.split('.').every((part) => Buffer.byteLength(part) <= 63),
    'at most 63 bytes on each side of the dot',
  );

const duration = z
  .string()
  .regex(/^\d{1,7}(ms|s|min)$/, 'a time span such as 50ms, 30s or 5min')
  .transform((text) => parseDuration(text) ?? 0)
  .refine((milliseconds) => milliseconds > 0, 'more than 0');

const schedule = z.string().regex(NO_CONTROL, 'one cron expression');

const ensure = z.strictObject({
  function: qualifiedName.describe('Function (int) that creates the partitions of the current and the next N months'),
  monthsAhead: z.int().min(0).max(120).default(1).describe('How many months after the current one must exist'),
  schedule: schedule
    .default('10 0 1 * *')
    .describe('When the job runs: one cron expression, read as UTC by systemd and pg_cron'),
});

const retention = z.strictObject({
  function: qualifiedName.describe('Function (int, bool) that drops partitions older than N months; true is a dry run'),
  keepMonths: z.int().min(1).max(1200).default(12).describe('How many whole months before the current one are kept'),
  schedule: schedule
    .default('15 0 * * *')
    .describe('When the job runs: one cron expression, read as UTC by systemd and pg_cron'),
});

const partitionSet = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'lower-case letters, digits and inner hyphens')
    .max(100)
    .describe('Prefix of every file and unit of this partition set'),
  table: qualifiedName.describe('The partitioned table'),
  ensure: z.union([ensure, z.literal(false)]).describe('The job that creates coming months; false switches it off'),
  retention: z.union([retention, z.literal(false)]).describe('The job that drops old months; false switches it off'),
});

const DEFAULT_PARTITION_SET = {
  name: 'scanner-artifact-boms',
  table: 'scanner.artifact_boms',
  ensure: { function: 'scanner.ensure_artifact_boms_future_partitions', monthsAhead: 1, schedule: '10 0 1 * *' },
  retention: { function: 'scanner.drop_artifact_boms_partitions_older_than', keepMonths: 12, schedule: '15 0 * * *' },
};

const database = z.strictObject({
  access: z
    .enum(['localhost', 'remote', 'socket'])
    .default('localhost')
    .describe('How the jobs reach the database; the units allow nothing else'),
  addresses: z
    .array(
      z.string().regex(/^[0-9a-fA-F.:]+(\/\d{1,3})?$/, 'an IP address or network, such as 10.0.0.5 or 10.0.0.0/24'),
    )
    .default([])
    .describe('For remote access: addresses of the database, and of the DNS server if PG_DSN names hosts'),
});

const budgets = z.strictObject({
  connect: duration.prefault('30s').describe('To get a connection, a starting server included'),
  lockTimeout: duration.prefault('50ms').describe('One wait for a lock; writers may queue behind it for that long'),
  lockWait: duration.prefault('60s').describe('All waits for locks in one run, retries included'),
  detach: duration.prefault('120s').describe('The second phase of a concurrent detach'),
  timeoutStart: duration.prefault('5min').describe('The whole run (TimeoutStartSec=); more than the sum of the others'),
});

export const specSchema = z.strictObject({
  envFile: absolutePath
    .default('/etc/stellaops/scanner-hotlookup.env')
    .describe('File on the host that defines PG_DSN'),
  scriptsDir: absolutePath.default('/opt/stellaops/devops/scripts').describe('Where a host keeps the scripts'),
  unitsDir: absolutePath.default('/etc/systemd/system').describe('Where a host keeps the systemd units'),
  runbook: absolutePath
    .default('/opt/stellaops/docs/modules/scanner/operations/sbom-hot-lookup-operations.md')
    .describe('Where a host keeps the runbook'),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,30}$/, 'a user name')
    .default('hotlookup')
    .describe('User that the jobs run as; the role for peer authentication'),
  dynamicUser: z.boolean().default(true).describe('Let systemd make that user for the time of a run (DynamicUser=)'),
  node: absolutePath.optional().describe('The node binary, 18 or newer; found on PATH if not given'),
  database: database.prefault({}).describe('Where the database is'),
  budgets: budgets.prefault({}).describe('Time budgets of one run'),
  onFailure: z
    .string()
    .regex(/^(?:[A-Za-z0-9:_.@-]|%[nNpPiI])+\.(?:service|target)$/, 'a unit name; %n and %N may stand in it')
    .optional()
    .describe('Unit to start when a job has failed for good (OnFailure=)'),
  partitionSets: z
    .array(partitionSet)
    .min(1)
    .default([DEFAULT_PARTITION_SET])
    .describe('The partitioned tables and their jobs'),
});

/** What a person writes: everything that has a default may be left out, time spans are text. */
export type RawSpec = z.input<typeof specSchema>;
/** What the program uses: defaults filled in, time spans in milliseconds. */
export type Spec = z.output<typeof specSchema>;
export type PartitionSet = Spec['partitionSets'][number];
export type EnsureJob = Exclude<PartitionSet['ensure'], false>;
export type RetentionJob = Exclude<PartitionSet['retention'], false>;
