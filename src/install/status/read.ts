import { basename } from 'node:path/posix';
import { createMask } from '../../secrets.ts';
import type { World } from '../../world.ts';
import { type Drift, recordedOf } from '../drift/drift.ts';
import { findDrift } from '../drift/find.ts';
import { enabledState } from '../drift/units.ts';
import type { HostPort } from '../host/host.ts';
import { secretsOfEnvironment } from '../observe/environment.ts';
import { observe } from '../observe/observe.ts';
import type { Observed } from '../observe/observed.ts';
import { type JournalRecord, readJournalRecord, readLastLines } from './journal.ts';
import { askPartitions } from './partitions.ts';
import type { HostStatus, JobStatus, PartitionsStatus } from './status.ts';
import { readSystemdRecord, type SystemdRecord } from './systemd.ts';

type Job = Pick<JobStatus, 'unit' | 'set' | 'job'>;
type Records = { readonly systemd: SystemdRecord; readonly journal: JournalRecord };

/** Reads how the installed jobs are, by the manifest of the host alone. Runs nothing of an image. */
export async function readStatus(port: HostPort, world: World, name: string | undefined): Promise<HostStatus> {
  const observed = await observe(port, undefined, name);
  const { manifest, isLive } = observed;
  const { root } = port.files;
  if (!manifest)
    return {
      root,
      isLive,
      installed: false,
      jobs: [],
      drift: [],
      environmentFile: undefined,
      partitions: [],
      notSeen: [],
    };
  const jobs = manifest.files.flatMap(({ path }) => jobOf(path));
  const drift = findDrift(recordedOf(manifest), observed);
  const records = isLive ? await readRecords(jobs, world) : new Map<string, Records>();
  const mask = createMask(secretsOfEnvironment(port.files, manifest.environmentFile.path));
  const statuses = jobs.map((job) => jobStatus(job, drift, observed, records.get(job.unit)));
  return {
    root,
    isLive,
    installed: true,
    jobs: await Promise.all(statuses.map((status) => withLastLines(status, isLive, world, mask))),
    drift: drift.filter(({ subject }) => !jobs.some((job) => isOf(job, subject))),
    environmentFile: isLive ? { path: manifest.environmentFile.path, found: observed.environmentFile } : undefined,
    partitions: isLive ? (await askAll(jobs, observed, records, world)).map((set) => withoutSecrets(set, mask)) : [],
    notSeen: notSeen(isLive, [...records.values()]),
  };
}

function jobOf(path: string): Job[] {
  const [, set, job] = /\/([^/]+)-(ensure|retention)\.timer$/.exec(path) ?? [];
  return set !== undefined && (job === 'ensure' || job === 'retention') ? [{ unit: `${set}-${job}`, set, job }] : [];
}

/** Whether a path or a unit belongs to one job: its units, and the script that it runs. */
const isOf = ({ unit }: Job, subject: string): boolean => {
  const name = basename(subject);
  return [`${unit}.timer`, `${unit}.service`, `${unit}.sh`, `${unit}-partitions.sh`].includes(name);
};

async function readRecords(jobs: readonly Job[], { processes }: World): Promise<Map<string, Records>> {
  const records = await Promise.all(
    jobs.map(async ({ unit }) => {
      const [systemd, journal] = await Promise.all([
        readSystemdRecord(processes, unit),
        readJournalRecord(processes, unit),
      ]);
      return [unit, { systemd, journal }] as const;
    }),
  );
  return new Map(records);
}

function jobStatus(job: Job, all: readonly Drift[], observed: Observed, records: Records | undefined): JobStatus {
  const drift = all.filter(({ subject }) => isOf(job, subject));
  const timer = observed.units.get(`${job.unit}.timer`);
  const lastRun = records?.systemd.lastRun ?? records?.journal.lastRun;
  return {
    ...job,
    installed: !drift.some(({ is, subject }) => is === 'missing' && !subject.endsWith('.sh')),
    drift,
    enabled: enabledState(`${job.unit}.timer`, observed),
    active: timer?.active,
    retrying: records?.systemd.retrying ?? false,
    lastRun,
    journalSeen: records?.journal.readable ?? false,
    lastSuccess: records && lastSuccess(records),
    lastTrigger: records?.systemd.lastTrigger,
    nextRun: timer?.nextElapse,
    journal: [],
  };
}

function lastSuccess({ systemd, journal }: Records): JobStatus['lastSuccess'] {
  const { lastRun } = systemd;
  if (lastRun?.result === 'success' && lastRun.endedAt !== undefined) return { at: lastRun.endedAt, from: 'systemd' };
  return journal.lastSuccess === undefined ? undefined : { at: journal.lastSuccess, from: 'journal' };
}

async function withLastLines(
  status: JobStatus,
  isLive: boolean,
  { processes }: World,
  mask: (text: string) => string,
): Promise<JobStatus> {
  const result = status.lastRun?.result;
  if (!isLive || result === undefined || result === 'success' || result === 'stopped') return status;
  return { ...status, journal: await readLastLines(processes, status.unit, mask) };
}

/** What the helper said passes the filter, too: it is quoted. */
function withoutSecrets(status: PartitionsStatus, mask: (text: string) => string): PartitionsStatus {
  if (status.is === 'failed') return { ...status, said: mask(status.said) };
  return status.is === 'read' ? { ...status, problems: status.problems.map(mask) } : status;
}

/** One question for each set, if what answers it is there and may read PG_DSN. */
async function askAll(
  jobs: readonly Job[],
  { manifest, at, environmentFile }: Observed,
  records: ReadonlyMap<string, Records>,
  world: World,
): Promise<PartitionsStatus[]> {
  const sets = [...new Map(jobs.map((job) => [job.set, job])).values()];
  const file = manifest?.environmentFile.path ?? '';
  return Promise.all(
    sets.map(async ({ set, unit }): Promise<PartitionsStatus> => {
      const script = manifest?.files.find(({ path }) => basename(path) === `${set}-partitions.sh`)?.path;
      const service = records.get(unit)?.systemd;
      if (script === undefined || !service || at.get(script)?.type !== 'file')
        return { set, is: 'not seen', why: `${set}-partitions.sh is not installed` };
      const dsn = environmentFile.state === 'present' ? environmentFile.dsn.is : environmentFile.state;
      if (dsn === 'configured' || world.environment['PG_DSN'])
        return askPartitions(world, { set, script, environmentFile: file, service });
      return {
        set,
        is: 'not seen',
        why: dsn === 'unreadable' ? `${file} may not be read: run this as root` : `PG_DSN is not set in ${file}`,
      };
    }),
  );
}

function notSeen(isLive: boolean, records: readonly Records[]): string[] {
  if (!isLive) return ['what runs, and when: no systemd runs here'];
  return records.some(({ journal }) => !journal.readable)
    ? ['the journal of the jobs: run this as root, or as a member of the group systemd-journal']
    : [];
}
