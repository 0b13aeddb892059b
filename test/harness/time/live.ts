import { DEFAULT_PARTITION_SET } from '../../../src/spec/partition-set.ts';
import { type RawSpec, specSchema } from '../../../src/spec/schema.ts';
import type { createCluster } from '../postgres/cluster.ts';
import { type Month, startOfMonth } from './calendar.ts';
import type { Episode } from './episodes.ts';
import { createMachine } from './machine.ts';
import { type Event, plan, unstruck } from './plan.ts';
import { createPlayer } from './player.ts';
import type { Tally } from './tally.ts';

export type Life = {
  readonly installation: Parameters<typeof createCluster>[0]['installation'];
  readonly first: Month;
  readonly months: number;
  readonly episodes: readonly Episode[];
  readonly monthsAhead: number;
  readonly keepMonths: number;
  readonly graceDays: number;
  /** Cron expression of the retention job; ensure has the default one. */
  readonly retentionSchedule: string;
  /** Ends it before its time. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: Event, tally: Tally) => void;
};

/** Lives through months on a server and a host of its own; throws at the first thing that must not be. Gives what happened how often. */
export async function live(life: Life): Promise<Tally> {
  const { first, months, episodes, keepMonths } = life;
  const start = startOfMonth(first);
  const machine = await createMachine(life.installation, specOf(life, keepMonths), start);
  try {
    const player = createPlayer(machine, { ...life, spec: (months) => specOf(life, months) }, start);
    try {
      // As `hotlookup install --run-ensure` does, before the first row comes.
      await player.play({ at: start, what: 'run', runs: [unstruck('ensure')] });
      for (const event of plan({ first, months, episodes, schedule: machine.host.schedule() })) {
        life.signal.throwIfAborted();
        await player.play(event);
        life.onEvent?.(event, player.tally);
      }
      await player.conclude();
      return player.tally;
    } finally {
      await player.end();
    }
  } finally {
    await machine.dispose();
  }
}

/** Budgets that let a run which has to give up do so within a second or two of real time. */
function specOf({ monthsAhead, graceDays, retentionSchedule }: Life, keepMonths: number): RawSpec {
  const { ensure, retention, ...set } = DEFAULT_PARTITION_SET;
  const spec: RawSpec = {
    budgets: { connect: '10s', lockWait: '1s', detach: '2s' },
    partitionSets: [
      {
        ...set,
        ensure: { ...ensure, monthsAhead },
        retention: { ...retention, keepMonths, graceDays, schedule: retentionSchedule, strategy: 'concurrent' },
      },
    ],
  };
  specSchema.parse(spec);
  return spec;
}
