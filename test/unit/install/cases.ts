import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../src/errors.ts';
import type { Desired } from '../../../src/install/desired/desired.ts';
import { stampPath, wantsLink } from '../../../src/install/host/units.ts';
import type { PlanOptions } from '../../../src/install/plan/options.ts';
import { CONFIGURED, ENVIRONMENT, installAndConfigure, planOn, want, words } from './hosts.ts';
import { change, createModel, type Entry, file, folder, link, type Model } from './model.ts';

/** One row: a host, what is wanted of it, and the plan. */
export type Case = {
  /** By default a live host where `want()` is installed and PG_DSN set. */
  readonly on?: Model;
  /** Changes to its disk (undefined: is gone), and to the rest of it. */
  readonly with?: Readonly<Record<string, Entry | undefined>>;
  readonly state?: Partial<Model>;
  readonly wanted?: Desired;
  readonly options?: Partial<PlanOptions>;
  /** Of a refused plan they need not be told. */
  readonly steps?: readonly string[];
  readonly notes?: readonly string[];
  /** Exit code and what was found. */
  readonly refusals?: readonly string[];
  /** Timers that are active in the end; by default a-ensure.timer. */
  readonly active?: readonly string[];
};

export const UNITS = '/etc/systemd/system';
export const SERVICE = `${UNITS}/a-ensure.service`;
export const TIMER = `${UNITS}/a-ensure.timer`;
export const SCRIPT = '/opt/hot/a.sh';
export const STAMP = stampPath('a-ensure.timer');
export const WANTS = wantsLink('a-ensure.timer');

export const bare = createModel();
export const image = createModel({}, { isLive: false });
export const installed = await installAndConfigure(bare, want());
export const installedBoth = await installAndConfigure(bare, want({ jobs: ['ensure', 'retention'] }));

/** The operations document's own way: files copied, timer enabled. */
export const byHand = createModel(
  {
    '/opt/hot': folder(),
    ...Object.fromEntries(want().files.map(({ path, contents, mode }) => [path, file(contents, mode)])),
    '/etc/hot': folder(),
    [ENVIRONMENT]: file(CONFIGURED, 0o600),
    [`${UNITS}/timers.target.wants`]: folder(),
    [WANTS]: link(TIMER),
    [STAMP]: file(''),
  },
  { active: new Set(['a-ensure.timer']) },
);

export const contentsOf = (path: string, desired = want()): string => {
  const wanted = desired.files.find((candidate) => candidate.path === path);
  if (!wanted) throw new Error(`${path} is not wanted`);
  return wanted.contents;
};

export const TO_BE_SET = `PG_DSN in ${ENVIRONMENT} is to be set: until then the jobs end with exit code 3`;
export const FIRST_RUN =
  'no job has run yet: create the partitions that are missing now with systemctl start a-ensure.service, or wait for the schedule';

/** Makes a test of each row. */
export function testPlans(cases: Readonly<Record<string, Case>>): void {
  test.each(Object.entries(cases))('%s', async (_, given) => {
    const model = change(given.on ?? installed, given.with ?? {}, given.state);
    const { steps, notes, refusals, activeTimers } = await planOn(model, given.wanted ?? want(), given.options);
    expect(refusals.map(({ found, kind }) => `${exitCodeOf(kind)}: ${found}`)).toEqual(given.refusals ?? []);
    if (given.refusals === undefined || given.steps) expect(words(steps)).toEqual(given.steps);
    expect(notes).toEqual(given.notes ?? []);
    expect(activeTimers).toEqual(given.active ?? ['a-ensure.timer']);
  });
}
