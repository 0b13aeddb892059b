import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Desired } from '../../../../src/install/desired/desired.ts';
import { leftoverPaths } from '../../../../src/install/host/paths.ts';
import { stampPath } from '../../../../src/install/host/units.ts';
import { observe } from '../../../../src/install/observe/observe.ts';
import type { PlanOptions } from '../../../../src/install/plan/options.ts';
import type { Step } from '../../../../src/install/plan/step.ts';
import { planRemains } from '../../../../src/install/plan/uninstall.ts';
import { HEAD } from '../../../../src/runtime/metrics/file.ts';
import { CONFIGURED, ENVIRONMENT, follow, install, planOn, planRemovalFrom, uninstall, want } from '../hosts.ts';
import { change, createModel, type Entry, file, folder, link, type Model, portOf, realPath } from '../model.ts';

const UNITS = '/etc/systemd/system';

vi.setConfig({ testTimeout: 60_000 });

/** What others have on a host, beside and around what will be installed. */
const OTHERS: Readonly<Record<string, Readonly<Record<string, Entry>>>> = {
  'a folder of scripts': { '/opt/hot': folder(0o750), '/opt/hot/mine': file('mine', 0o700, { uid: 7 }) },
  'the empty folder of the scripts': { '/opt/hot': folder() },
  'a folder that is a link': { '/opt': link('/srv/opt'), '/srv': folder(), '/srv/opt': folder() },
  'an environment file': { '/etc/hot': folder(0o700), [ENVIRONMENT]: file(CONFIGURED, 0o600) },
  'a neighbour of the environment file': { '/etc/hot': folder(), '/etc/hot/other.env': file('A=b') },
  'units and their links': {
    [`${UNITS}/other.timer`]: file('[Timer]'),
    [`${UNITS}/timers.target.wants`]: folder(),
    [`${UNITS}/timers.target.wants/other.timer`]: link(`${UNITS}/other.timer`),
  },
  'a drop-in': {
    [`${UNITS}/a-ensure.timer.d`]: folder(),
    [`${UNITS}/a-ensure.timer.d/x.conf`]: file('[Timer]\nOnCalendar=\n'),
  },
  'a folder of units': { '/usr/local': folder(), '/usr/local/lib': folder(), '/usr/local/lib/systemd': folder() },
};

/** What lies below a link lies where the link leads. */
const behindLinks = (entries: Record<string, Entry>): Record<string, Entry> =>
  Object.fromEntries(
    Object.entries(entries).map(([path, entry]) => [realPath(new Map(Object.entries(entries)), path), entry]),
  );

const furnished = fc
  .record({ others: fc.subarray(Object.values(OTHERS)), isLive: fc.boolean(), isRoot: fc.boolean() })
  .map(({ others, ...given }) => createModel(behindLinks(Object.assign({}, ...others)), given));

/** An image may also be a folder with nothing in it. */
const empty: Model = { ...createModel({}, { isLive: false }), entries: new Map() };
const host = fc.oneof({ arbitrary: furnished, weight: 9 }, { arbitrary: fc.constant(empty), weight: 1 });

const wanted: fc.Arbitrary<Desired> = fc
  .record({
    set: fc.constantFrom('a', 'b', 'a-ensure'),
    jobs: fc.subarray(['ensure', 'retention'] as const),
    scriptsDir: fc.constantFrom('/opt/hot', '/opt/hot/deep', '/opt/deep/hot', '/opt'),
    unitsDir: fc.constantFrom(UNITS, '/usr/local/lib/systemd/system'),
    calendar: fc.constantFrom('*-*-01', '*-*-02'),
    metrics: fc.constantFrom(undefined, '/var/lib/scrape', '/var/lib/scrape/deep', '/opt/hot/metrics'),
  })
  .map(({ metrics, ...shape }) => want({ ...shape, ...(metrics !== undefined && { metrics }) }));

const chosen = fc.record({
  enable: fc.constantFrom<PlanOptions['enable']>('default', 'none', 'force'),
  force: fc.boolean(),
  preset: fc.boolean(),
});

/** One install; `preset` is for images alone. */
type Install = readonly [Desired, Pick<PlanOptions, 'enable' | 'force' | 'preset'>];
const oneInstall: fc.Arbitrary<Install> = fc.tuple(wanted, chosen);

const options = ({ isLive }: Model, [, given]: Install): Partial<PlanOptions> => ({
  ...given,
  preset: given.preset && !isLive,
});

async function installAll(model: Model, installs: readonly Install[]): Promise<Model> {
  let now = model;
  for (const one of installs) now = await install(now, one[0], options(model, one));
  return now;
}

const purge = { purge: true };
const installs = fc.array(oneInstall, { minLength: 1, maxLength: 3 });

/** A host after some of the steps, with what a file's replacement may leave beside it. */
function kill(model: Model, steps: readonly Step[], at: number): Model {
  const count = at % (steps.length + 1);
  const next = steps[count];
  const killed = follow(model, steps.slice(0, count));
  if (next?.do !== 'write') return killed;
  const beside = leftoverPaths(realPath(killed.entries, next.path));
  return change(killed, Object.fromEntries(beside.map((path) => [path, file('half', 0o600)])));
}

/** What a person sees of a host: paths, types, modes, owners, links, contents, and what is running. */
const visible = ({ entries, active, failed }: Model) => ({
  entries: [...entries].sort(([a], [b]) => (a < b ? -1 : 1)),
  active: [...active].sort(),
  failed: [...failed].sort(),
});

test('after an install nothing is left to do', async () => {
  await fc.assert(
    fc.asyncProperty(host, installs, async (model, all) => {
      const after = await installAll(model, all);
      const last = all.at(-1);
      if (!last) return;
      expect((await planOn(after, last[0], options(model, last))).steps).toEqual([]);
    }),
  );
});

/** The jobs have run: their files are there, and what a killed one left, where the folder is. */
function runJobs(model: Model, installs: readonly Install[]): Model {
  const { metrics } = installs.at(-1)?.[0] ?? {};
  const paths = metrics && model.entries.has(realPath(model.entries, metrics.directory)) ? metrics.files : [];
  const written = paths.flatMap((path) => [
    [realPath(model.entries, path), file(`${HEAD}\n`)],
    [realPath(model.entries, path.replace(/[^/]+$/, '.$&.draft')), file('half')],
  ]);
  return change(model, Object.fromEntries(written));
}

test('an uninstall gives back the host from before', async () => {
  await fc.assert(
    fc.asyncProperty(host, installs, async (model, all) => {
      const after = runJobs(await installAll(model, all), all);
      expect(visible(await uninstall(after, purge))).toEqual(visible(model));
    }),
  );
});

const OURS = /hotlookup|hot\b|\/[ab](?:-ensure|-retention)?[.-]/;

/** What a person or an accident does to one path, or to all that is active. */
const accident = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom('gone', 'mode', 'owner', 'masked', 'stopped', 'failed'),
});
type Accident = typeof accident extends fc.Arbitrary<infer Value> ? Value : never;

function befall(model: Model, { at, kind }: Accident): Model {
  if (kind === 'stopped') return { ...model, active: new Set(), read: new Map() };
  if (kind === 'failed') return { ...model, active: new Set(), failed: model.active };
  const ours = [...model.entries].filter(([path, { type }]) => OURS.test(path) && type !== 'directory');
  const [path, entry] = ours[at % ours.length] ?? [];
  if (!path || !entry || path === ENVIRONMENT) return model;
  if (kind === 'masked')
    return path.endsWith('.timer') && entry.type === 'file' ? change(model, { [path]: link('/dev/null') }) : model;
  if (kind === 'gone' || entry.type === 'link') return change(model, { [path]: undefined });
  return change(model, { [path]: kind === 'mode' ? { ...entry, mode: 0o600 } : { ...entry, gid: 7 } });
}

test('after accidents one install is enough', async () => {
  const next = fc.option(oneInstall, { freq: 1 });
  await fc.assert(
    fc.asyncProperty(host, installs, fc.array(accident, { maxLength: 4 }), next, async (model, before, all, other) => {
      const damaged = all.reduce(befall, await installAll(model, before));
      const [desired, given] = other ?? before.at(-1) ?? [];
      if (!desired || !given) return;
      const chosen = options(model, [desired, given]);
      const after = await install(damaged, desired, chosen);
      expect((await planOn(after, desired, chosen)).steps).toEqual([]);
    }),
  );
});

/** The image on a machine: what is enabled is started. */
function boot(image: Model): Model {
  const timers = [...image.entries.keys()].flatMap((path) => path.match(/timers\.target\.wants\/([ab].*)$/)?.[1] ?? []);
  const stamps = Object.fromEntries(timers.map((timer) => [stampPath(timer), file('')]));
  return change(image, stamps, { isLive: true, active: new Set(timers) });
}

test('an image that booted is installed to and uninstalled as if it had been installed there', async () => {
  await fc.assert(
    fc.asyncProperty(furnished, installs, fc.array(oneInstall, { maxLength: 2 }), async (model, before, later) => {
      const image = { ...model, isLive: false };
      const booted = boot(await installAll(image, before));
      const after = await installAll(booted, later);
      const last = later.at(-1);
      if (last) expect((await planOn(after, last[0], options(booted, last))).steps).toEqual([]);
      expect(visible(await uninstall(after, purge))).toEqual(visible(image));
    }),
  );
});

test('an install runs no job', async () => {
  await fc.assert(
    fc.asyncProperty(host, installs, async (model, all) => {
      expect((await installAll(model, all)).fired).toEqual([]);
    }),
  );
});

test('an install that is killed is completed by the next, whatever is wanted then', async () => {
  await fc.assert(
    fc.asyncProperty(host, installs, oneInstall, oneInstall, fc.nat(), async (model, all, killed, next, at) => {
      const before = await installAll(model, all);
      const { steps } = await planOn(before, killed[0], options(model, killed));
      const interrupted = kill(before, steps, at);
      const after = await install(interrupted, next[0], options(model, next));
      expect((await planOn(after, next[0], options(model, next))).steps).toEqual([]);
      expect(visible(await uninstall(after, purge))).toEqual(visible(model));
    }),
  );
});

test('an uninstall that is killed between two steps is completed by the next', async () => {
  await fc.assert(
    fc.asyncProperty(furnished, installs, fc.nat(), async (model, all, at) => {
      const before = await installAll(model, all);
      const { steps } = await planRemovalFrom(before, purge);
      const interrupted = follow(before, steps.slice(0, at % (steps.length + 1)));
      const observed = await observe(portOf(interrupted), undefined);
      const after = observed.manifest
        ? await uninstall(interrupted, purge)
        : follow(interrupted, planRemains(observed).steps);
      expect(visible(after)).toEqual(visible(model));
    }),
  );
});

test('a timer that an administrator disabled stays so through upgrades', async () => {
  await fc.assert(
    fc.asyncProperty(host, oneInstall, oneInstall, async (model, first, next) => {
      const before = await install(model, first[0], { ...options(model, first), preset: false, enable: 'default' });
      const entries = new Map([...before.entries].filter(([path]) => !/timers\.target\.wants\/[ab]-/.test(path)));
      const disabled = { ...before, entries, active: new Set<string>() };
      const kept = first[0].jobs.map(({ timer }) => timer);
      const after = await install(disabled, next[0], { ...options(model, next), preset: false, enable: 'default' });
      const { enabled = [] } = (await observe(portOf(after), next[0])).manifest ?? {};
      const links = [...after.entries.keys()].filter((path) => path.includes('timers.target.wants/'));
      for (const timer of kept) expect(links.some((path) => path.endsWith(`/${timer}`))).toBe(false);
      expect(enabled).toEqual(
        expect.arrayContaining(next[0].jobs.map(({ timer }) => timer).filter((t) => kept.includes(t))),
      );
    }),
  );
});
