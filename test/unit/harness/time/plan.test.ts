import { expect, test } from 'vitest';
import { monthOf, startOfMonth } from '../../../harness/time/calendar.ts';
import { DAY_MS, HOUR_MS, randomEpisodes } from '../../../harness/time/episodes.ts';
import { type Event, type PlanRequest, plan } from '../../../harness/time/plan.ts';
import { createRandom } from '../../../harness/time/random.ts';

const FIRST = monthOf(Date.UTC(2021, 0));
const turn = (index: number) => startOfMonth(FIRST + index);

const daily = (after: number) => Math.floor(after / DAY_MS) * DAY_MS + DAY_MS;
const monthly = (after: number) => startOfMonth(monthOf(after) + 1);
const request = (rest: Partial<PlanRequest> = {}): PlanRequest => ({
  first: FIRST,
  months: 3,
  schedule: { ensure: monthly, retention: daily },
  episodes: [],
  ...rest,
});
const runs = (events: readonly Event[], job: string) =>
  events.flatMap(({ at, ...event }) =>
    event.what === 'run' ? event.runs.filter((run) => run.job === job).map((run) => ({ at, ...run })) : [],
  );

test('jobs run when they are due, and ingest is on each edge', () => {
  const events = plan(request());
  expect(runs(events, 'ensure').map(({ at }) => at)).toEqual([turn(1), turn(2)]);
  expect(runs(events, 'retention')).toHaveLength(31 + 28 + 31 - 1);
  const edges = events.flatMap((event) => (event.what === 'ingest' && event.edge !== undefined ? [event] : []));
  expect(edges.map(({ at, edge }) => (edge ?? 0) - at)).toEqual([1_000, 0, 1_000, 0]);
});

test('a host that is down has no runs, and makes up for both jobs as it boots', () => {
  const [at, until] = [turn(1) - DAY_MS + HOUR_MS, turn(1) + 5 * DAY_MS + HOUR_MS];
  const events = plan(request({ episodes: [{ what: 'down', at, until }] }));
  const during = events.filter((event) => event.at >= at && event.at <= until && event.what !== 'ingest');
  expect(during.map(({ what }) => what)).toEqual(['host', 'host', 'run']);
  expect(during.map((event) => event.at)).toEqual([at, until, until]);
  expect(during[2]).toMatchObject({ runs: [{ job: 'ensure' }, { job: 'retention' }] });
});

test('a fault and another host meet the first run of their job, and that one alone', () => {
  const fault = { kind: 'kill', message: 7 } as const;
  const events = plan(
    request({
      episodes: [
        { what: 'fault', at: turn(1) + 1, job: 'retention', fault },
        { what: 'twin', at: turn(2) - HOUR_MS, job: 'ensure' },
      ],
    }),
  );
  const struck = runs(events, 'retention').filter((run) => run.fault);
  expect(struck).toEqual([{ at: turn(1) + DAY_MS, job: 'retention', attempt: 1, fault, hasTwin: false }]);
  expect(runs(events, 'ensure').map(({ hasTwin }) => hasTwin)).toEqual([false, true]);
});

test('what is the matter at the end is over a day before it', () => {
  const at = turn(3) - 2 * DAY_MS;
  const events = plan(request({ episodes: [{ what: 'reader', at, until: turn(4) }] }));
  expect(events.filter(({ what }) => what === 'reader').map((event) => event.at)).toEqual([at, turn(3) - DAY_MS]);
});

test('the same seed gives the same troubles, another one others', () => {
  const episodes = (seed: number) => randomEpisodes(createRandom(seed), FIRST, 240, 12);
  expect(episodes(1)).toEqual(episodes(1));
  expect(episodes(1)).not.toEqual(episodes(2));
});

test('random troubles are of every kind, never meet, and are in order', () => {
  for (let seed = 0; seed < 20; seed += 1) {
    const episodes = randomEpisodes(createRandom(seed), FIRST, 240, 12);
    const kinds = new Set(episodes.map((episode) => (episode.what === 'fault' ? episode.fault.kind : episode.what)));
    expect([...kinds].sort()).toEqual([
      'clock',
      'crash',
      'cut',
      'down',
      'keep',
      'kill',
      'pending',
      'reader',
      'restart',
      'twin',
    ]);
    episodes.slice(1).forEach((episode, index) => {
      const before = episodes[index];
      expect(episode.at).toBeGreaterThan(before && 'until' in before ? before.until : (before?.at ?? 0));
    });
    for (const episode of episodes) {
      if (episode.what === 'keep') expect([9, 18]).toEqual([Math.min(9, episode.months), Math.max(18, episode.months)]);
      if (episode.what === 'clock') expect(episode.aheadMs).not.toBe(0);
    }
  }
});
