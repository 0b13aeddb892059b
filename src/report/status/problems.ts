import { EXIT_MEANINGS } from '../../errors.ts';
import type { Drift } from '../../install/drift/drift.ts';
import { ROTATE } from '../../install/observe/ignored-line.ts';
import { spellMode } from '../../install/record/manifest-text.ts';
import type { HostStatus, JobRun, JobStatus, PartitionsStatus } from '../../install/status/status.ts';
import { shell } from '../../render/quoting.ts';
import { driftText } from '../drift/text.ts';
import { spellMoment } from '../span.ts';

/** Something that needs a person, and what the person can do. */
export type Problem = { readonly what: string; readonly fix: string };

/** Everything on a host that needs a person; empty if nothing does. */
export function problemsOf(status: HostStatus): Problem[] {
  const { installed, isLive, jobs, drift, partitions, root } = status;
  const install = root === '/' ? 'sudo hotlookup install' : `hotlookup install --root ${shell(root)}`;
  if (!installed) return [{ what: 'hotlookup has installed nothing here', fix: install }];
  return [
    ...driftProblems([...drift, ...jobs.flatMap((job) => job.drift)], install, isLive),
    ...environmentProblems(status),
    ...jobs.flatMap((job) => runProblems(job, status)),
    ...partitions.flatMap((set) => partitionProblems(set, jobs)),
  ];
}

/** An administrator's drop-in is a decision, not a problem. */
const isProblem = ({ is }: Drift): boolean => is !== 'drop-in';

function driftProblems(drift: readonly Drift[], install: string, isLive: boolean): Problem[] {
  return drift.filter(isProblem).map((one) => {
    const { path, what } = driftText(one);
    return { what: `${path} ${what}`, fix: fixOf(one, install, isLive) };
  });
}

function fixOf(drift: Drift, install: string, isLive: boolean): string {
  if (drift.is === 'reload') return 'sudo systemctl daemon-reload';
  if (drift.is === 'unusable')
    return `systemd-analyze verify ${drift.subject} tells what is wrong; correct it, then: sudo systemctl daemon-reload`;
  if (drift.is === 'shadowed') return `Move ${drift.by} away, then: sudo systemctl daemon-reload`;
  if (drift.is !== 'not-enabled' && drift.is !== 'not-active')
    return `hotlookup diff shows more; ${install} sets it right, with --force an edited file too`;
  if (drift.found === 'masked' || !isLive) return `If that is not on purpose: ${install} --enable`;
  return `If that is not on purpose: sudo systemctl enable --now ${drift.subject}`;
}

function environmentProblems({ environmentFile }: HostStatus): Problem[] {
  if (!environmentFile) return [];
  const { path, found } = environmentFile;
  const edit = `sudoedit ${shell(path)}`;
  if (found.state === 'absent') return [{ what: `${path} is missing`, fix: `sudo hotlookup install, then: ${edit}` }];
  if (found.state === 'blocked')
    return [{ what: `${path} is no file that systemd could read`, fix: 'Move it away, then: sudo hotlookup install' }];
  const { dsn, mode } = found;
  return [
    ...(mode & 0o077
      ? [{ what: `${path} has mode ${spellMode(mode)}: others may read it`, fix: `sudo chmod 0600 ${shell(path)}` }]
      : []),
    ...(dsn.is === 'undefined'
      ? [
          dsn.ignored === undefined
            ? { what: `${path} does not define PG_DSN`, fix: edit }
            : { what: `${path} does not define PG_DSN: ${dsn.ignored}`, fix: `${edit}; and ${ROTATE}` },
        ]
      : []),
    ...(dsn.is === 'placeholder' ? [{ what: `${path} still has the PG_DSN of the example`, fix: edit }] : []),
    ...(dsn.is === 'invalid' ? [{ what: `PG_DSN in ${path}: ${dsn.problem}`, fix: edit }] : []),
  ];
}

function runProblems(job: JobStatus, { isLive, partitions }: HostStatus): Problem[] {
  const { unit, lastRun } = job;
  if (!isLive || !job.installed) return [];
  const service = `${unit}.service`;
  const isStopped = lastRun?.result === 'stopped';
  if (lastRun?.result !== undefined && lastRun.result !== 'success' && !isStopped)
    return [
      {
        what: `${unit} failed at ${spellMoment(lastRun.endedAt ?? lastRun.startedAt)}: ${resultText(lastRun)}${job.retrying ? '; it is tried again' : ''}`,
        fix: `Mend what its last lines say, then: sudo systemctl start ${service}`,
      },
    ];
  if (job.job !== 'ensure' || job.lastSuccess || (lastRun && !isStopped) || !job.journalSeen) return [];
  const isCovered = partitions.some((set) => set.set === job.set && set.is === 'read' && set.missing.length === 0);
  // After a reboot and a rotated journal nobody knows of a success; the partitions then are the better witness.
  if (job.lastTrigger !== undefined && isCovered) return [];
  return [{ what: `${unit} has not succeeded yet, as far as is known`, fix: `sudo systemctl start ${service}` }];
}

const RESULTS: Readonly<Record<string, string>> = {
  timeout: 'it ran into its time budget (TimeoutStartSec=)',
  signal: 'a signal ended it',
  'core-dump': 'it crashed',
  'oom-kill': 'the kernel ended it for lack of memory',
  resources: 'systemd could not start it',
  'start-limit-hit': 'it failed too often in a row',
  interrupted: 'nothing says how it ended; the host may have gone down meanwhile',
};

/** How a run ended, in words. */
export function resultText({ result, exitStatus }: Pick<JobRun, 'result' | 'exitStatus'>): string {
  if (result === undefined) return 'running';
  if (result === 'success') return 'success';
  const meaning = EXIT_MEANINGS.find(([code]) => code === exitStatus)?.[1];
  if (result === 'exit-code' && exitStatus !== undefined)
    return `exit code ${exitStatus}${meaning === undefined ? '' : ` (${meaning})`}`;
  return RESULTS[result] ?? result;
}

function partitionProblems(status: PartitionsStatus, jobs: readonly JobStatus[]): Problem[] {
  const { set } = status;
  const ensure = jobs.find((job) => job.set === set && job.job === 'ensure');
  if (status.is === 'not seen') return [];
  if (status.is === 'failed')
    return [
      {
        what: `the status of ${set} ended with ${resultText({ result: 'exit-code', exitStatus: status.exitCode })}:\n${status.said}`,
        fix: 'The jobs meet the same: see to the database, its network and PG_DSN',
      },
    ];
  const { missing, findings, problems } = status;
  const others = findings.filter(({ kind }) => kind !== 'missing-month');
  const told = findings.map(({ what }) => what);
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            what: `${set}: no partition for ${missing.join(', ')}`,
            fix: ensure
              ? `sudo systemctl start ${ensure.unit}.service`
              : 'Its ensure job is switched off: see the runbook',
          },
        ]),
    ...others.map(({ what, fix }) => ({ what: `${set}: ${what}`, fix })),
    ...(missing.length > 0 ? [] : problems.filter((what) => !told.includes(what))).map((what) => ({
      what: `${set}: ${what}`,
      fix: 'See the runbook',
    })),
  ];
}
