import { EXIT } from '../../../src/errors.ts';
import type { Cluster } from '../postgres/cluster.ts';
import { aftermath, type SeenStates } from './aftermath.ts';
import type { Prepared } from './prepare.ts';
import { type ServerFault, strikeServer } from './server-fault.ts';
import { clear, hold, type Target, type Victim } from './victim.ts';

/** What strikes one run alone: its connection is cut, or it is killed with SIGKILL. */
export type LoneFault = 'cut' | 'kill';

/** As many at a time as there are processors on a small machine. */
const LANES = 2;

/** So many runs are held, each at its own point, when a server is struck. */
const BATCH = 12;

/** What a sweep found: nothing is wrong, wherever it struck. */
export type Found = { readonly struck: number; readonly wrong: readonly string[] };

/** Does all of the work, or stops after what fails; either way nothing is under way any more when it ends. */
async function inLanes<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const lane = async () => {
    try {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    } finally {
      queue.length = 0;
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const result of lanes) if (result.status === 'rejected') throw result.reason;
}

/** Strikes a run at each of these targets. */
export async function sweep(targets: readonly Target[], fault: LoneFault): Promise<Found> {
  const judge = createJudge(fault);
  await inLanes(targets, async (target) => {
    const victim = await hold(target);
    if (fault === 'cut') victim.proxy.cut();
    else victim.run.kill('SIGKILL');
    await judge.look(victim);
  });
  return judge;
}

/** Strikes the server while runs on it are held at these points, as many at once as it can bear. */
export async function sweepServer(cluster: Cluster, targets: readonly Target[], fault: ServerFault): Promise<Found> {
  const judge = createJudge(fault);
  for (let first = 0; first < targets.length; first += BATCH) {
    const victims = new Set<Victim>();
    try {
      await inLanes(targets.slice(first, first + BATCH), async (target) => {
        victims.add(await hold(target));
      });
      await strikeServer(cluster, fault);
      await inLanes([...victims], async (victim) => {
        victims.delete(victim);
        await judge.look(victim);
      });
    } finally {
      for (const victim of victims) await clear(victim);
    }
  }
  return judge;
}

function createJudge(fault: LoneFault | ServerFault) {
  const wrong: string[] = [];
  const seen = new Map<Prepared, SeenStates>();
  let struck = 0;
  return {
    wrong,
    get struck() {
      return struck;
    },
    /** Sees that the run ended by the fault, then what came of it. */
    async look(victim: Victim): Promise<void> {
      const states = seen.get(victim.prepared) ?? new Set();
      seen.set(victim.prepared, states);
      const where = `${fault} ${victim.where}`;
      try {
        const found = [...(await deathOf(victim, fault)), ...(await aftermath(victim, states))];
        wrong.push(...found.map((what) => `${where}: ${what}`));
        struck += 1;
      } catch (error) {
        throw new Error(where, { cause: error });
      } finally {
        await clear(victim);
      }
    },
  };
}

async function deathOf({ run, isAtItsEnd }: Victim, fault: LoneFault | ServerFault): Promise<string[]> {
  const { exitCode, signal, stderr } = await run;
  const isCut = exitCode === EXIT.unreachable || (exitCode === EXIT.done && isAtItsEnd);
  const isRight = fault === 'kill' ? signal === 'SIGKILL' : isCut;
  return isRight ? [] : [`it ended with ${exitCode ?? signal}: ${stderr}`];
}
