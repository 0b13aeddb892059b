import * as z from 'zod';
import { OPTIONS } from '../options.ts';
import { checkAcross } from './checks.ts';
import { DEFAULT_PARTITION_SET, partitionSets } from './partition-set.ts';
import {
  absolutePath,
  address,
  choice,
  duration,
  flag,
  groupName,
  map,
  setName,
  unitName,
  userName,
} from './values.ts';

/*
 * The one source of what a spec may say. The parsed type, the defaults, the validation, the JSON Schema for editors, the
 * README's table and the file that `init` writes are all made from it. Every key's `description` is user documentation;
 * a key without a default has an example.
 */

const database = map({
  access: choice(['localhost', 'remote', 'socket'])
    .default('localhost')
    .describe('How the jobs reach the database; the units allow nothing else'),
  addresses: z
    .array(address, 'a list of IP addresses or networks')
    .default([])
    .describe('For remote access: addresses of the database, and of the DNS server if PG_DSN names hosts'),
});

const budgets = map({
  connect: duration.prefault(OPTIONS.connect.default).describe('To get a connection, a starting server included'),
  lockTimeout: duration
    .prefault(OPTIONS.lockTimeout.default)
    .describe('One wait for a lock; writers may queue behind it for that long'),
  lockWait: duration.prefault(OPTIONS.lockWait.default).describe('All waits for locks in one run, retries included'),
  detach: duration
    .prefault(OPTIONS.detach.default)
    .describe('One concurrent detach, which waits for whoever already uses the table; writers never wait for it'),
  timeoutStart: duration
    .prefault('5min')
    .describe('The whole run (TimeoutStartSec=); more than connect, lockWait and detach together'),
});

const metrics = map({
  directory: absolutePath
    .default(OPTIONS.metricsDirectory.default)
    .describe('Folder that the textfile collector of node_exporter reads'),
  group: groupName
    .default('prometheus')
    .describe('Group that the folder belongs to and the jobs run as; it must exist on the host'),
});

export const specSchema = map({
  name: setName
    .optional()
    .meta({ examples: ['scanner-artifact-boms'] })
    .describe('What a host knows this installation by; the name of the first partition set if not given'),
  envFile: absolutePath.default(OPTIONS.envFile.default).describe('File on the host that defines PG_DSN'),
  scriptsDir: absolutePath.default('/opt/stellaops/devops/scripts').describe('Where a host keeps the scripts'),
  unitsDir: absolutePath.default('/etc/systemd/system').describe('Where a host keeps the systemd units'),
  runbook: absolutePath
    .default('/opt/stellaops/docs/modules/scanner/operations/sbom-hot-lookup-operations.md')
    .describe('Where a host keeps the runbook'),
  user: userName.default('hotlookup').describe('User that the jobs run as; the role for peer authentication'),
  dynamicUser: flag.default(true).describe('Let systemd make that user for the time of a run (DynamicUser=)'),
  node: absolutePath
    .optional()
    .meta({ examples: ['/usr/bin/node'] })
    .describe('The node binary, 18 or newer; found on PATH if not given'),
  database: database.prefault({}).describe('Where the database is'),
  budgets: budgets.prefault({}).describe('Time budgets of one run'),
  onFailure: unitName
    .optional()
    .meta({ examples: ['alert@%n.service'] })
    .describe('Unit to start when a job has failed for good (OnFailure=)'),
  metrics: metrics
    .optional()
    .describe('Where each job leaves metrics of its last run for Prometheus; nowhere if not given'),
  partitionSets: partitionSets.prefault([DEFAULT_PARTITION_SET]).describe('The partitioned tables and their jobs'),
})
  .superRefine(checkAcross, { when: () => true })
  .meta({ title: 'The spec of hotlookup' });

/** What a host knows an installation of this spec by. */
export const specName = ({ name, partitionSets: [first] }: Spec): string => name ?? first?.name ?? '';

/** What a person writes: everything that has a default may be left out, time spans are text. */
export type RawSpec = z.input<typeof specSchema>;
/** What the program uses: defaults filled in, time spans in milliseconds. */
export type Spec = z.output<typeof specSchema>;
export type PartitionSet = Spec['partitionSets'][number];
export type EnsureJob = Exclude<PartitionSet['ensure'], false>;
export type RetentionJob = Exclude<PartitionSet['retention'], false>;
