import { monthName, monthOf } from '../../../src/runtime/months.ts';
import type { RawSpec } from '../../../src/spec/schema.ts';
import { until } from '../jobs.ts';
import { acknowledge, compareWith, type Ledger, type Observed, uncovered } from './ledger.ts';
import type { Machine } from './machine.ts';
import { observe } from './observe.ts';
import { expectedOutcome, type Outcome, struckOutcomes } from './outcomes.ts';
import type { Event, RunEvent } from './plan.ts';
import { createTally, type Tally } from './tally.ts';
import type { Instant } from './timers.ts';
import { faultOn, leavePending, putBack, startReader } from './troubles.ts';

export type Policy = {
  readonly monthsAhead: number;
  readonly keepMonths: number;
  readonly graceDays: number;
  /** The spec with another keepMonths. */
  readonly spec: (keepMonths: number) => RawSpec;
};

/** Rows of each ingest event beside those on the edge, and the pause between inserts while a job runs. */
const ROWS = 5;
const PAUSE_MS = 5;

/** Until the backends of a run that is gone have noticed it: its locks are free then, and the clock may be moved. */
const NO_HELPER = `select where not exists (select from pg_stat_activity
  where datname = current_database() and application_name like 'hotlookup%')`;

/** Plays events on a machine, one after the other, and looks at everything after each. */
export function createPlayer(machine: Machine, policy: Policy, start: Instant) {
  const { cluster, clocks, database, host, writer, observer } = machine;
  const tally: Tally = createTally();
  let time = start;
  let ahead = { hostAheadMs: 0, serverAheadMs: 0 };
  let keepMonths = policy.keepMonths;
  let isUp = true;
  let ledger: Ledger = new Map();
  let reader: Awaited<ReturnType<typeof startReader>> | undefined;
  let finishPending: (() => Promise<void>) | undefined;
  /** As of the last check; since then only rows were added. */
  let last: Observed = { tables: [], visible: 0 };
  let retries: Array<Event & RunEvent> = [];

  const serverNow = () => time + ahead.serverAheadMs;

  function moveTo(at: Instant): void {
    time = Math.max(time, at);
    clocks.host.set(time + ahead.hostAheadMs);
    clocks.server.set(serverNow());
  }

  async function insert(instant?: string): Promise<void> {
    const month = await writer.insert(instant);
    ledger = acknowledge(ledger, month);
    tally.add('inserts');
  }

  /** The invariants, on what is there now. */
  async function check(isTidy: boolean): Promise<Observed> {
    last = await observer.lastingly(observe);
    const { graceDays } = policy;
    const compared = compareWith(ledger, last, { now: serverNow(), keepMonths, graceDays, isTidy });
    ledger = compared.ledger;
    if (compared.faults.length > 0) throw new Error(compared.faults.join('\n'));
    return last;
  }

  async function ingest(edge: Instant | undefined): Promise<void> {
    for (let row = 0; row < ROWS; row += 1) await insert();
    if (edge === undefined) return;
    const first = new Date(edge).toISOString();
    await insert(first);
    await insert(new Date(edge - 1_000).toISOString().replace('.000Z', '.999999Z'));
  }

  /** One process of a job, with ingest going on beside it. */
  async function runOnce(event: RunEvent): Promise<{ outcome: Outcome; stderr: string; hasStruck: boolean }> {
    const running = host.start(event.job, clocks.host.environment);
    const { pid } = running;
    const struck = event.fault && faultOn(cluster, event.fault, () => pid && process.kill(-pid, 'SIGKILL'));
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
    return { outcome: signal ?? `${exitCode}`, stderr, hasStruck: struck?.hasStruck() ?? false };
  }

  async function run(event: RunEvent): Promise<void> {
    const { job, fault } = event;
    const expected = expectedOutcome({
      job,
      observed: last,
      now: serverNow(),
      keepMonths,
      clocksDifferByMs: ahead.hostAheadMs - ahead.serverAheadMs,
      hasReader: reader !== undefined,
      isLeftPending: finishPending !== undefined,
    });
    const runs = await Promise.all(event.hasTwin ? [runOnce(event), runOnce(event)] : [runOnce(event)]);
    const hasStruck = runs.some((one) => one.hasStruck);
    if (hasStruck) await until(database, NO_HELPER);
    const allowed = [expected, ...(fault && hasStruck ? struckOutcomes(fault) : []), ...(event.hasTwin ? ['6'] : [])];
    if (hasStruck && fault) tally.add(`faults, ${fault.kind}`);
    for (const { outcome, stderr } of runs) {
      tally.add(`runs of ${job}, exit ${outcome}`);
      if (!allowed.includes(outcome)) throw new Error(`${job} ended with ${outcome}, not ${allowed}: ${stderr}`);
    }
    const outcomes = runs.map(({ outcome }) => outcome);
    if (outcomes.every((outcome) => outcome === '6')) throw new Error('two hosts left the work to each other');
    const isDone = outcomes.includes('0');
    const observed = await check(isDone && job === 'retention');
    const missing = isDone && job === 'ensure' ? uncovered(observed, serverNow(), policy.monthsAhead) : [];
    if (missing.length > 0) throw new Error(`ensure left ${missing.map(monthName)} without a partition`);
    for (const outcome of outcomes) retryLater(event, outcome);
  }

  function retryLater({ job, attempt }: RunEvent, outcome: Outcome): void {
    const { afterMs, attempts, successes, final } = host.retry(job);
    if (successes.includes(outcome) || final.includes(outcome) || attempt >= attempts) return;
    const at = time + afterMs;
    retries.push({ at, what: 'run', job, attempt: attempt + 1, fault: undefined, hasTwin: false });
    tally.add(`retries of ${job}`);
  }

  async function act(event: Event): Promise<void> {
    switch (event.what) {
      case 'clocks':
        ahead = event;
        tally.add('clock jumps');
        return moveTo(event.at);
      case 'host':
        isUp = event.isUp;
        if (!isUp) tally.add('hosts down');
        // What systemd meant to try again is forgotten by a host that goes down.
        retries = [];
        return;
      case 'reader':
        await reader?.end();
        reader = event.begins ? await startReader(database) : undefined;
        if (event.begins) tally.add('long readers');
        return;
      case 'pending':
        await finishPending?.();
        finishPending = event.begins ? await leavePending(database, serverNow()) : undefined;
        if (finishPending) tally.add('detaches left pending by a person');
        return;
      case 'keep': {
        keepMonths = event.months;
        await host.install(policy.spec(keepMonths));
        tally.add('changes of keepMonths');
        tally.add('partitions put back by a person', await putBack(database, serverNow(), keepMonths));
        return;
      }
      case 'ingest':
        return ingest(event.edge);
      case 'run':
        if (!isUp) throw new Error('the plan has a run while the host is down');
        return run(event);
    }
  }

  async function play(event: Event): Promise<void> {
    try {
      moveTo(event.at);
      await act(event);
      if (event.what !== 'run') await check(false);
    } catch (error) {
      const at = new Date(event.at).toISOString();
      throw new Error(`at ${at}, ${JSON.stringify(event)}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }

  /** Retries that come due before the event, then the event. */
  async function playWithRetries(event: Event): Promise<void> {
    for (;;) {
      const [next] = retries.sort((a, b) => a.at - b.at);
      if (!next || next.at > event.at) break;
      retries.shift();
      await play(next);
    }
    await play(event);
  }

  /** Both jobs once more, with nothing in their way: what is left then is what is to be kept. */
  async function conclude(): Promise<void> {
    for (const job of ['ensure', 'retention'] as const)
      await play({ at: time, what: 'run', job, attempt: 1, fault: undefined, hasTwin: false });
    const { tables } = await check(true);
    const attached = tables.filter(({ place }) => place === 'attached').map(({ from }) => monthOf(from));
    const first = monthOf(serverNow()) - keepMonths;
    const wanted = Array.from({ length: keepMonths + 1 + policy.monthsAhead }, (_, index) => first + index);
    const extra = attached.filter((month) => !wanted.includes(month));
    const missing = wanted.filter((month) => !attached.includes(month));
    if (extra.length > 0) throw new Error(`kept beyond the window: ${extra.map(monthName)}`);
    if (missing.length > 0) throw new Error(`missing in the window: ${missing.map(monthName)}`);
    tally.add('longest insert in ms', Math.ceil(writer.worstMs()));
  }

  return {
    tally,
    play: playWithRetries,
    conclude,
    end: async () => reader?.end(),
  };
}
