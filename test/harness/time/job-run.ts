import { until } from '../jobs/jobs.ts';
import type { Retry } from './host.ts';
import type { Machine } from './machine.ts';
import { type Outcome, struckOutcomes } from './outcomes.ts';
import { type Run, unstruck } from './plan.ts';
import { faultOn } from './strike.ts';
import type { Tally } from './tally.ts';
import type { Instant } from './timers.ts';

type Ended = {
  readonly outcome: Outcome;
  readonly stderr: string;
  /** In real time. */
  readonly elapsedMs: number;
  readonly hasStruck: boolean;
};

/** Between two inserts while a job runs. */
const PAUSE_MS = 15;

/** Until the backends of a run that is gone have noticed it: its locks are free then, and the clock may be moved. */
const NO_HELPER = `select where not exists (select from pg_stat_activity
  where datname = current_database() and application_name like 'hotlookup%')`;

/** One process of a job, with ingest going on beside it. */
async function runOnce(machine: Machine, run: Run, insert: () => Promise<void>): Promise<Ended> {
  const started = performance.now();
  const running = machine.host.start(run.job, machine.clocks.host.environment);
  const { pid } = running;
  const struck = run.fault && faultOn(machine.cluster, run.fault, () => pid && process.kill(-pid, 'SIGKILL'));
  machine.arm(struck?.strike);
  let isOver = false;
  const ended = running.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await insert();
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  const { exitCode, signal, stderr } = await ended;
  machine.arm(undefined);
  await struck?.isOver();
  const elapsedMs = performance.now() - started;
  return { outcome: signal ?? `${exitCode}`, stderr, elapsedMs, hasStruck: struck?.hasStruck() ?? false };
}

/**
 * Runs a job, on two hosts at once if it has a twin. Gives how it ended, once no process of it is left on the server.
 * @throws Error if it did not end as expected, or as a fault that struck it makes it end.
 */
export async function runJob(
  machine: Machine,
  run: Run,
  expected: Outcome,
  { insert, tally }: { readonly insert: () => Promise<void>; readonly tally: Tally },
): Promise<Outcome[]> {
  const { job, fault, hasTwin } = run;
  const start = () => runOnce(machine, run, insert);
  const ends = await Promise.all(hasTwin ? [start(), start()] : [start()]);
  const hasStruck = ends.some((end) => end.hasStruck);
  if (hasStruck) await until(machine.database, NO_HELPER);
  if (hasStruck && fault) tally.add(`faults, ${fault.kind}`);
  const allowed = [expected, ...(hasStruck && fault ? struckOutcomes(fault) : []), ...(hasTwin ? ['6'] : [])];
  for (const { outcome, stderr, elapsedMs } of ends) {
    tally.add(`runs of ${job}, exit ${outcome}`);
    if (isEndedByFakedClock(outcome, stderr, elapsedMs)) tally.add('sessions that the faked clock ended');
    else if (!allowed.includes(outcome)) throw new Error(`${job} ended with ${outcome}, not ${allowed}: ${stderr}`);
  }
  const outcomes = ends.map(({ outcome }) => outcome);
  if (outcomes.every((outcome) => outcome === '6')) throw new Error('two hosts left the work to each other');
  return outcomes;
}

/** What a helper says whose session was ended while it was idle; before COMMIT it may not hear why. */
const ENDED_IDLE = /idle-in-transaction timeout|lost during COMMIT/;

/** The helper's limit for an idle transaction is a minute of the server's clock. */
const IDLE_LIMIT_MS = 60_000;

/**
 * Whether the server ended the session only because it saw the real time for a moment (see `createFakedClock`): a run that is shorter than
 * the limit cannot have been idle for so long. The more the machine has to do, the more often that happens.
 */
const isEndedByFakedClock = (outcome: Outcome, stderr: string, elapsedMs: number): boolean =>
  outcome === '4' && ENDED_IDLE.test(stderr) && elapsedMs < IDLE_LIMIT_MS;

/** The next attempt after one that ended like this, as systemd would make it; undefined if it makes none. */
export function nextAttempt(
  { job, attempt }: Run,
  outcome: Outcome,
  retry: Retry,
  now: Instant,
): { readonly at: Instant; readonly run: Run } | undefined {
  const { afterMs, attempts, successes, final } = retry;
  if (successes.includes(outcome) || final.includes(outcome) || attempt >= attempts) return undefined;
  return { at: now + afterMs, run: { ...unstruck(job), attempt: attempt + 1 } };
}
