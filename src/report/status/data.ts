import type { HostStatus, JobStatus } from '../../install/status/status.ts';
import { driftText } from '../drift/text.ts';
import type { Problem } from './problems.ts';

const spell = (instant: number | undefined): string | null =>
  instant === undefined ? null : new Date(instant).toISOString();

/** The status as the value that `--json` prints: times in ISO 8601, durations in seconds, null for what is not known. */
export function statusData(status: HostStatus, problems: readonly Problem[], now: number) {
  const { root, isLive, installed, jobs, drift, partitions, notSeen } = status;
  return {
    root,
    live: isLive,
    ok: problems.length === 0,
    installed,
    jobs: jobs.map((job) => jobData(job, now)),
    drift: drift.map(driftText),
    partitions,
    problems,
    notSeen,
  };
}

function jobData(job: JobStatus, now: number) {
  const { unit, set, installed, drift, enabled, active, retrying, lastRun, lastSuccess, lastTrigger, nextRun } = job;
  return {
    job: unit,
    set,
    installed,
    drift: drift.map(driftText),
    enabled,
    active: active ?? null,
    retrying,
    lastRun: lastRun
      ? {
          startedAt: spell(lastRun.startedAt),
          endedAt: spell(lastRun.endedAt),
          seconds: lastRun.endedAt === undefined ? null : (lastRun.endedAt - lastRun.startedAt) / 1000,
          result: lastRun.result ?? null,
          exitStatus: lastRun.exitStatus ?? null,
          knownFrom: lastRun.from,
        }
      : null,
    // Exact, unlike the time when the timer last fired, which says nothing of how the job ended.
    lastSuccess: lastSuccess
      ? { at: spell(lastSuccess.at), secondsAgo: (now - lastSuccess.at) / 1000, knownFrom: lastSuccess.from }
      : null,
    timerLastFired: spell(lastTrigger),
    nextRun: spell(nextRun),
    lastLines: job.journal,
  };
}
