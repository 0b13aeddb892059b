import { at, listAt, textAt } from './loose.ts';

/** One file that a host gets, and the key of the spec that its folder or path comes from. */
export type HostFile = {
  readonly path: string;
  readonly key: 'envFile' | 'runbook' | 'scriptsDir' | 'unitsDir' | 'metrics';
  /** Index of the partition set whose name the file carries; undefined for files of the whole host. */
  readonly set: number | undefined;
};

/** Where installations record what they installed. */
export const INSTALLED_RECORDS = '/var/lib/hotlookup';

/** What has systemd make the folder for metrics at boot, where the host has none. */
export const METRICS_TMPFILES = '/etc/tmpfiles.d/hotlookup-metrics.conf';

const SCRIPTS = { ensure: '-ensure-partitions.sh', retention: '-retention.sh' };
const UNITS = {
  ensure: ['-ensure.service', '-ensure.timer'],
  retention: ['-retention.service', '-retention.timer'],
};

/** Every file that this spec puts on a host. Takes a spec with errors too and leaves out what cannot be known then. */
export function hostFiles(spec: unknown): HostFile[] {
  return [
    ...whole(at(spec, 'metrics') === undefined ? undefined : METRICS_TMPFILES, 'metrics'),
    ...below(textAt(spec, 'scriptsDir'), 'scriptsDir', undefined, ['lib/hotlookup-runtime.cjs']),
    ...listAt(spec, 'partitionSets').flatMap((set, index) => setFiles(spec, set, index)),
    ...whole(textAt(spec, 'runbook'), 'runbook'),
    ...whole(textAt(spec, 'envFile'), 'envFile'),
  ];
}

function setFiles(spec: unknown, set: unknown, index: number): HostFile[] {
  const name = textAt(set, 'name');
  if (name === undefined) return [];
  const jobs = (['ensure', 'retention'] as const).filter((job) => at(set, job) !== false);
  const scripts = ['-partitions.sh', ...jobs.map((job) => SCRIPTS[job])];
  return [
    ...below(
      textAt(spec, 'scriptsDir'),
      'scriptsDir',
      index,
      scripts.map((end) => name + end),
    ),
    ...below(
      textAt(spec, 'unitsDir'),
      'unitsDir',
      index,
      jobs.flatMap((job) => UNITS[job]).map((end) => name + end),
    ),
  ];
}

const below = (
  folder: string | undefined,
  key: HostFile['key'],
  set: number | undefined,
  names: readonly string[],
): HostFile[] => (folder === undefined ? [] : names.map((name) => ({ path: `${folder}/${name}`, key, set })));

const whole = (path: string | undefined, key: HostFile['key']): HostFile[] =>
  path === undefined ? [] : [{ path, key, set: undefined }];
