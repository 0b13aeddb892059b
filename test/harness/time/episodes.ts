import { type Month, startOfMonth } from './calendar.ts';
import type { Random } from './random.ts';
import type { Instant } from './timers.ts';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export type JobName = 'ensure' | 'retention';

/** What strikes a run just before its n-th message reaches the server. `crash` kills the postmaster, `restart` stops it properly. */
export type Fault = { readonly kind: 'kill' | 'cut' | 'crash' | 'restart'; readonly message: number };

type Lasting = { readonly at: Instant; readonly until: Instant };

/** What happens to a host or a server beside its daily work, in true time. */
export type Episode =
  /** The host with the timers is off; the server goes on. */
  | (Lasting & { readonly what: 'down' })
  /** Clocks are ahead (or, below zero, behind) by so much, and then put right. */
  | (Lasting & { readonly what: 'clock'; readonly of: 'host' | 'server' | 'both'; readonly aheadMs: number })
  /** A report reads the whole table in one transaction. */
  | (Lasting & { readonly what: 'reader' })
  /** A person leaves the detach of the oldest partition pending, and later finishes it and attaches the partition again. */
  | (Lasting & { readonly what: 'pending' })
  /** The spec gets another keepMonths and is installed; what a longer one wants back out of grace is restored by a person. */
  | { readonly what: 'keep'; readonly at: Instant; readonly months: number }
  /** Strikes the first run of the job from then on. */
  | { readonly what: 'fault'; readonly at: Instant; readonly job: JobName; readonly fault: Fault }
  /** Another host has the same timers: its run begins together with the first one from then on. */
  | { readonly what: 'twin'; readonly at: Instant; readonly job: JobName };

/** How many percent of months have which trouble. */
const TROUBLES = {
  none: 25,
  down: 12,
  clock: 13,
  reader: 10,
  pending: 5,
  keep: 6,
  kill: 8,
  cut: 7,
  crash: 6,
  restart: 3,
  twin: 5,
} as const;

/** Changing by no more than this, maxDropShare stays untouched. */
const KEEP_STEPS = { least: 9, most: 18, widest: 5 };

/**
 * At most one trouble in each month, within three days before its first instant and twenty after it, so that two never meet.
 * Most begin at the turn of the month, where they do the most harm.
 */
export function randomEpisodes(random: Random, first: Month, months: number, keepMonths: number): Episode[] {
  let keep = keepMonths;
  const episodes: Episode[] = [];
  for (let month = first; month < first + months; month += 1) {
    const episode = randomEpisode(random, startOfMonth(month), keep);
    if (episode?.what === 'keep') keep = episode.months;
    if (episode) episodes.push(episode);
  }
  return episodes;
}

function randomEpisode(random: Random, turn: Instant, keep: number): Episode | undefined {
  const at = turn + (random.percent(70) ? random.whole(-30, 10) : random.whole(0, 8 * 24)) * HOUR_MS;
  const what = random.weighted(TROUBLES);
  const until = at + random.whole(1, 10 * 24) * HOUR_MS;
  const job: JobName = random.percent(25) ? 'ensure' : 'retention';
  switch (what) {
    case 'none':
      return undefined;
    case 'clock':
      return { what, at, until, ...randomClock(random) };
    case 'keep':
      // While the grace of the month before lasts, so that a longer retention wants it back.
      return { what, at: turn + random.whole(4 * 24, 12 * 24) * HOUR_MS, months: randomKeep(random, keep) };
    case 'twin':
      return { what, at: turn, job };
    case 'kill':
    case 'cut':
    case 'crash':
    case 'restart':
      return { what: 'fault', at: turn, job, fault: { kind: what, message: random.whole(1, 30) } };
    default:
      return { what, at, until };
  }
}

/** Both clocks together only by hours: who sets host and server years ahead, asks for everything to be dropped. */
function randomClock(random: Random): { readonly of: 'host' | 'server' | 'both'; readonly aheadMs: number } {
  const of = random.weighted({ host: 2, server: 2, both: 1 });
  const hours = of !== 'both' && random.percent(50) ? random.whole(25, 96) : random.whole(1, 12);
  return { of, aheadMs: (random.percent(50) ? hours : -hours) * HOUR_MS };
}

function randomKeep(random: Random, keep: number): number {
  const { least, most, widest } = KEEP_STEPS;
  const changed = random.whole(Math.max(least, keep - widest), Math.min(most, keep + widest));
  return changed === keep ? Math.max(least, keep - 1) + (keep === least ? 1 : 0) : changed;
}
