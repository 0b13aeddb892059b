import type { RawSpec } from '../../../src/spec/schema.ts';
import { createBooks } from './books.ts';
import { monthName, monthOf } from './calendar.ts';
import type { JobName } from './episodes.ts';
import { createHands } from './hands.ts';
import { nextAttempt, runJob } from './job-run.ts';
import { type Observed, uncovered } from './ledger.ts';
import type { Machine } from './machine.ts';
import { expectedOutcome, type Outcome } from './outcomes.ts';
import { type Event, type Run, unstruck } from './plan.ts';
import { createTally, type Tally } from './tally.ts';
import type { Instant } from './timers.ts';
import { leavePending, putBack, startReader } from './troubles.ts';

export type Policy = {
  readonly monthsAhead: number;
  readonly keepMonths: number;
  readonly graceDays: number;
  /** The spec with another keepMonths. */
  readonly spec: (keepMonths: number) => RawSpec;
};

/** Plays events on a machine one after the other, and looks at everything after each. */
export type Player = {
  readonly tally: Tally;
  /** Retries that come due before the event, then the event. */
  play(event: Event): Promise<void>;
  /** Both jobs once more, with nothing in their way: what is left then must be what is to be kept. */
  conclude(): Promise<void>;
  end(): Promise<void>;
};

export function createPlayer(machine: Machine, policy: Policy, start: Instant): Player {
  const { clocks, database, host, writer } = machine;
  const tally = createTally();
  const hands = createHands(clocks, start);
  const books = createBooks(machine, hands, policy.graceDays, tally);
  let keepMonths = policy.keepMonths;
  let reader: Awaited<ReturnType<typeof startReader>> | undefined;
  let finishPending: (() => Promise<void>) | undefined;
  let retries: Event[] = [];

  const expectedOf = (job: JobName) =>
    expectedOutcome({
      job,
      observed: books.lastSeen(),
      now: hands.serverNow(),
      keepMonths,
      clocksDifferByMs: hands.differenceMs(),
      hasReader: reader !== undefined,
      isLeftPending: finishPending !== undefined,
    });

  async function runAll(runs: readonly Run[]): Promise<void> {
    const sink = { insert: books.insert, tally };
    const ended = await Promise.all(
      runs.map(async (run) => ({ run, outcomes: await runJob(machine, run, expectedOf(run.job), sink) })),
    );
    const isDone = (job: JobName) => ended.some(({ run, outcomes }) => run.job === job && outcomes.includes('0'));
    const observed = await books.check(keepMonths, isDone('retention'));
    const missing = isDone('ensure') ? uncovered(observed, hands.serverNow(), policy.monthsAhead) : [];
    if (missing.length > 0) throw new Error(`ensure left ${missing.map(monthName)} without a partition`);
    for (const { run, outcomes } of ended) for (const outcome of outcomes) retryLater(run, outcome);
  }

  function retryLater(run: Run, outcome: Outcome): void {
    const next = nextAttempt(run, outcome, host.retry(run.job), hands.now());
    if (!next) return;
    retries.push({ at: next.at, what: 'run', runs: [next.run] });
    tally.add(`retries of ${run.job}`);
  }

  async function act(event: Event): Promise<void> {
    switch (event.what) {
      case 'clocks':
        tally.add('clock jumps');
        return hands.jump(event);
      case 'host':
        if (!event.isUp) tally.add('hosts down');
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
        finishPending = event.begins ? await leavePending(database, hands.serverNow()) : undefined;
        if (finishPending) tally.add('detaches left pending by a person');
        return;
      case 'keep':
        keepMonths = event.months;
        await host.install(policy.spec(keepMonths));
        tally.add('changes of keepMonths');
        tally.add('partitions put back by a person', await putBack(machine, hands.serverNow(), keepMonths));
        return;
      case 'ingest':
        return books.ingest(event.edge);
      case 'run':
        return runAll(event.runs);
    }
  }

  async function play(event: Event): Promise<void> {
    try {
      hands.moveTo(event.at);
      await act(event);
      if (event.what !== 'run') await books.check(keepMonths, false);
    } catch (error) {
      const place = `at ${new Date(event.at).toISOString()}, ${JSON.stringify(event)}`;
      throw new Error(`${place}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  }

  return {
    tally,
    async play(event) {
      for (;;) {
        const [next] = retries.sort((a, b) => a.at - b.at);
        if (!next || next.at > event.at) break;
        retries.shift();
        await play(next);
      }
      await play(event);
    },
    async conclude() {
      for (const job of ['ensure', 'retention'] as const)
        await play({ at: hands.now(), what: 'run', runs: [unstruck(job)] });
      requireWindow(await books.check(keepMonths, true), hands.serverNow(), keepMonths, policy.monthsAhead);
      tally.add('longest insert in ms', Math.ceil(writer.worstMs()));
    },
    end: async () => reader?.end(),
  };
}

/** The attached months are exactly those from the first that is kept to the last that ensure provides for. */
function requireWindow({ tables }: Observed, now: Instant, keepMonths: number, monthsAhead: number): void {
  const attached = tables.filter(({ place }) => place === 'attached').map(({ from }) => monthOf(from));
  const first = monthOf(now) - keepMonths;
  const wanted = Array.from({ length: keepMonths + 1 + monthsAhead }, (_, index) => first + index);
  const extra = attached.filter((month) => !wanted.includes(month));
  const missing = wanted.filter((month) => !attached.includes(month));
  if (extra.length > 0) throw new Error(`kept beyond the window: ${extra.map(monthName)}`);
  if (missing.length > 0) throw new Error(`missing in the window: ${missing.map(monthName)}`);
}
