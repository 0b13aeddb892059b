import { expect, test } from 'vitest';
import { recordPath } from '../../../../src/install/record/manifest.ts';
import { HEAD } from '../../../../src/runtime/metrics/file.ts';
import { bare, FIRST_RUN, image, installed, SCRIPT, SERVICE, STAMP, TIMER, TO_BE_SET, testPlans } from '../cases.ts';
import { install, installAndConfigure, planOn, planRemovalFrom, uninstall, want, words } from '../hosts.ts';
import { change, file, folder } from '../model.ts';

const RECORD = recordPath('spec');

const FOLDER = '/var/lib/scrape/textfiles';
const ENSURE = `${FOLDER}/a-ensure.prom`;
const RETENTION = `${FOLDER}/a-retention.prom`;
const GROUP = { '/etc/group': file('root:x:0:\nscrape:x:4321:ann,bob\n') };
const WRITTEN = file(`${HEAD}\nhotlookup_x 1\n`, 0o644, { uid: 61_234, gid: 4_321 });

const METRICS = want({ metrics: FOLDER });
const host = change(bare, GROUP);
const measured = await installAndConfigure(host, METRICS);
const measuredBoth = await installAndConfigure(host, want({ metrics: FOLDER, jobs: ['ensure', 'retention'] }));
const MAKE = [`make-directory /var/lib/scrape 0755`, `make-directory ${FOLDER} 02775`];

testPlans({
  'metrics are wanted': { on: change(installed, GROUP), wanted: METRICS, steps: ['record', ...MAKE] },
  'metrics are wanted, and the folder is there': {
    on: change(installed, { ...GROUP, '/var/lib/scrape': folder(), [FOLDER]: folder(0o2775) }),
    wanted: METRICS,
    steps: ['record'],
  },
  'metrics are wanted where a file is': {
    on: change(installed, { ...GROUP, '/var/lib/scrape': file('') }),
    wanted: METRICS,
    refusals: ['7: /var/lib/scrape has to be a folder and is a file'],
  },
  'metrics of jobs that ran': { on: measured, with: { [ENSURE]: WRITTEN }, wanted: METRICS, steps: [] },
  'metrics are no longer wanted': {
    on: measured,
    with: { [ENSURE]: WRITTEN },
    steps: [`remove ${ENSURE}`, `remove-directory ${FOLDER}`, 'remove-directory /var/lib/scrape', 'record'],
  },
  'metrics go elsewhere': {
    on: measured,
    with: { [ENSURE]: WRITTEN },
    wanted: want({ metrics: '/var/lib/scrape/other' }),
    steps: [
      'record',
      'make-directory /var/lib/scrape/other 02775',
      `remove ${ENSURE}`,
      `remove-directory ${FOLDER}`,
      'record',
    ],
  },
  'one of two jobs goes': {
    on: measuredBoth,
    with: { [ENSURE]: WRITTEN, [RETENTION]: WRITTEN },
    wanted: METRICS,
    steps: [
      'disable a-retention.timer',
      'remove /var/lib/systemd/timers/stamp-a-retention.timer',
      'remove /etc/systemd/system/a-retention.service',
      'remove /etc/systemd/system/a-retention.timer',
      `remove ${RETENTION}`,
      'reload',
      'record',
    ],
  },
});

test("an image's folder is left to its first boot", async () => {
  const { steps, notes } = await planOn(change(image, GROUP), METRICS);
  expect(words(steps).filter((step) => step.includes('scrape'))).toEqual([]);
  expect(notes).not.toContain(FIRST_RUN);
});

test('a host that booted from an image loses the folder with the installation', async () => {
  const built = await install(change(image, GROUP), METRICS);
  const booted = change(
    built,
    { '/var/lib/scrape': folder(), [FOLDER]: folder(0o2775), [ENSURE]: WRITTEN },
    { isLive: true },
  );
  const after = await uninstall(booted, { purge: true });
  expect([...after.entries.keys()].filter((path) => path.startsWith('/var/lib/scrape'))).toEqual([]);
});

test('the folder is of the group that the spec names', async () => {
  const { steps } = await planOn(host, METRICS);
  expect(steps).toContainEqual({
    do: 'make-directory',
    path: FOLDER,
    mode: 0o2775,
    group: { name: 'scrape', gid: 4_321 },
  });
  expect((await install(host, METRICS)).entries.get(FOLDER)).toMatchObject({ gid: 4_321, mode: 0o2775 });
});

test('a fresh install says what it always says', async () => {
  expect((await planOn(host, METRICS)).notes).toEqual((await planOn(host, want())).notes);
  expect((await planOn(host, METRICS)).notes).toContain(TO_BE_SET);
});

const DRAFT = `${FOLDER}/.a-ensure.prom.k3x`;
const removed = (path: string) => `remove ${path}`;
const AROUND = {
  first: ['disable a-ensure.timer', removed(STAMP), removed(SERVICE), removed(TIMER), removed(SCRIPT)],
  last: ['reload', 'remove-directory /opt/hot'],
};

test('uninstall takes what the jobs wrote, and drafts of killed runs, before the folder', async () => {
  const model = change(measured, { [ENSURE]: WRITTEN, [DRAFT]: file('half') });
  const steps = words((await planRemovalFrom(model)).steps);
  const own = steps.filter((step) => step.includes('scrape'));
  expect(own).toEqual([
    removed(DRAFT),
    removed(ENSURE),
    `remove-directory ${FOLDER}`,
    'remove-directory /var/lib/scrape',
  ]);
  expect(steps.slice(0, AROUND.first.length)).toEqual(AROUND.first);
  expect(steps.at(-2)).toBe(removed(RECORD));
});

test('uninstall leaves what others wrote', async () => {
  const others = { [`${FOLDER}/apt.prom`]: file('apt 1\n'), [ENSURE]: file('mine\n') };
  const { steps, notes } = await planRemovalFrom(change(measured, others));
  expect(words(steps).filter((step) => step.includes('scrape'))).toEqual([]);
  expect(notes).toContain(`${ENSURE} stays: no job wrote what it holds`);
  expect(notes).toContain(`${FOLDER} stays: it holds a-ensure.prom, apt.prom`);
});

test('a folder that was there before stays, without our files', async () => {
  const before = change(host, { '/var/lib/scrape': folder(), [FOLDER]: folder(0o2775) });
  const after = await uninstall(change(await install(before, METRICS), { [ENSURE]: WRITTEN }), { purge: true });
  expect([...after.entries.keys()].toSorted()).toEqual([...before.entries.keys()].toSorted());
});
