import { type Month, startOfMonth } from './calendar.ts';
import { DAY_MS, type Episode, type Fault, HOUR_MS, type JobName } from './episodes.ts';
import { firings, type Instant, type Stretch } from './timers.ts';

/** What the player does next, at an instant of true time. */
export type Event = { readonly at: Instant } & (
  | { readonly what: 'clocks'; readonly hostAheadMs: number; readonly serverAheadMs: number }
  | { readonly what: 'host'; readonly isUp: boolean }
  | { readonly what: 'reader' | 'pending'; readonly begins: boolean }
  | { readonly what: 'keep'; readonly months: number }
  | { readonly what: 'ingest'; readonly edge: Instant | undefined }
  /** All begin at once, as they do at boot. */
  | { readonly what: 'run'; readonly runs: readonly Run[] }
);

/** `attempt` counts from 1; the player adds the later ones. */
export type Run = {
  readonly job: JobName;
  readonly attempt: number;
  readonly fault: Fault | undefined;
  readonly hasTwin: boolean;
};

/** A run that nothing strikes. */
export const unstruck = (job: JobName): Run => ({ job, attempt: 1, fault: undefined, hasTwin: false });

/** First run of a job after an instant of the host's clock. */
export type Schedule = Readonly<Record<JobName, (after: Instant) => Instant>>;

export type PlanRequest = {
  readonly first: Month;
  readonly months: number;
  readonly schedule: Schedule;
  readonly episodes: readonly Episode[];
};

/** At the same instant, what ends comes before what begins, and jobs and ingest see the result. */
const ORDER: ReadonlyArray<Event['what']> = ['clocks', 'host', 'reader', 'pending', 'keep', 'run', 'ingest'];

const JOBS: readonly JobName[] = ['ensure', 'retention'];

/** Everything that will happen, in the order in which it does. Nothing but the request decides it. */
export function plan({ first, months, schedule, episodes }: PlanRequest): Event[] {
  const [start, end] = [startOfMonth(first), startOfMonth(first + months)];
  const stretches = stretchesOf(episodes, start, end);
  const events = [
    ...episodes.flatMap((episode) => eventsOf(episode, end)),
    ...together(JOBS.flatMap((job) => runsOf(job, firings(schedule[job], start, stretches), episodes))),
    ...ingest(first, months),
  ];
  return events
    .filter(({ at }) => at >= start && at < end)
    .sort((a, b) => a.at - b.at || ORDER.indexOf(a.what) - ORDER.indexOf(b.what));
}

function stretchesOf(episodes: readonly Episode[], start: Instant, end: Instant): Stretch[] {
  const relevant = episodes.filter((episode) => episode.what === 'down' || episode.what === 'clock');
  const turns = relevant.flatMap(({ at, until }) => [at, until]).filter((at) => at > start && at < end);
  const edges = [...new Set([start, ...turns, end])].sort((a, b) => a - b);
  return edges.slice(0, -1).map((from, index) => {
    const during = relevant.filter(({ at, until }) => at <= from && from < until);
    return {
      from,
      until: edges[index + 1] ?? end,
      isUp: during.every(({ what }) => what !== 'down'),
      aheadMs: during.reduce(
        (sum, episode) => sum + (episode.what === 'clock' && episode.of !== 'server' ? episode.aheadMs : 0),
        0,
      ),
    };
  });
}

/** Faults and twins become part of a run, and have no event of their own. */
function eventsOf(episode: Episode, end: Instant): Event[] {
  const { at } = episode;
  // What would outlast the plan is over one day before its end, so that the last day shows what remains.
  const over = 'until' in episode ? Math.min(episode.until, end - DAY_MS) : at;
  switch (episode.what) {
    case 'down':
      return [
        { at, what: 'host', isUp: false },
        { at: over, what: 'host', isUp: true },
      ];
    case 'clock': {
      const { of, aheadMs } = episode;
      return [
        {
          at,
          what: 'clocks',
          hostAheadMs: of === 'server' ? 0 : aheadMs,
          serverAheadMs: of === 'host' ? 0 : aheadMs,
        },
        { at: over, what: 'clocks', hostAheadMs: 0, serverAheadMs: 0 },
      ];
    }
    case 'reader':
    case 'pending':
      return [
        { at, what: episode.what, begins: true },
        { at: over, what: episode.what, begins: false },
      ];
    case 'keep':
      return [{ at, what: 'keep', months: episode.months }];
    default:
      return [];
  }
}

type Due = Run & { readonly at: Instant };

/** What strikes a run must not strike another one that begins with it, so a run with a fault stays alone. */
function together(due: readonly Due[]): Event[] {
  const joined = new Map<string, Due[]>();
  for (const run of due) {
    const key = run.fault ? `${run.at} ${run.job}` : `${run.at}`;
    joined.set(key, [...(joined.get(key) ?? []), run]);
  }
  return [...joined.values()].flatMap((runs) => {
    const [first] = runs;
    return first ? [{ at: first.at, what: 'run', runs: runs.map(({ at: _, ...run }) => run) }] : [];
  });
}

function runsOf(job: JobName, instants: readonly Instant[], episodes: readonly Episode[]): Due[] {
  const faults = new Map<Instant, Fault>();
  const twins = new Set<Instant>();
  for (const episode of episodes) {
    if ((episode.what !== 'fault' && episode.what !== 'twin') || episode.job !== job) continue;
    const struck = instants.find((at) => at >= episode.at);
    if (struck === undefined) continue;
    if (episode.what === 'fault') faults.set(struck, episode.fault);
    else twins.add(struck);
  }
  return instants.map((at) => ({ ...unstruck(job), at, fault: faults.get(at), hasTwin: twins.has(at) }));
}

/** Three times a month, and just before and just after the first instant of each month but the first, before which there is no partition. */
function ingest(first: Month, months: number): Event[] {
  return Array.from({ length: months }, (_, index) => startOfMonth(first + index)).flatMap((edge, index) => [
    ...(index === 0 ? [] : [edge - 1_000, edge].map((at): Event => ({ at, what: 'ingest', edge }))),
    ...[3, 11, 22].map((day): Event => ({ at: edge + day * DAY_MS + 7 * HOUR_MS, what: 'ingest', edge: undefined })),
  ]);
}
