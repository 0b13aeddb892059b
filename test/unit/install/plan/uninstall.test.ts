import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../../src/errors.ts';
import { stampPath } from '../../../../src/install/host/units.ts';
import { recordPath } from '../../../../src/install/record/manifest.ts';
import { bare, byHand, installed, installedBoth, SCRIPT, SERVICE, STAMP, TIMER, UNITS, WANTS } from '../cases.ts';
import { CONFIGURED, ENVIRONMENT, install, planRemovalFrom, want, words } from '../hosts.ts';
import { change, type Entry, file, folder, link, type Model } from '../model.ts';

const RECORD = recordPath('spec');

type Case = {
  readonly on?: Model;
  readonly with?: Readonly<Record<string, Entry | undefined>>;
  readonly state?: Partial<Model>;
  readonly purge?: boolean;
  readonly steps?: readonly string[];
  readonly notes?: readonly string[];
  readonly refusals?: readonly string[];
};

const QUIET = ['disable a-ensure.timer', `remove ${STAMP}`];
const FILES = [`remove ${SERVICE}`, `remove ${TIMER}`, `remove ${SCRIPT}`];
const FORGET = [`remove ${RECORD}`, 'remove-directory /var/lib/hotlookup'];
const MAY_HOLD = `${ENVIRONMENT} stays: it may hold a password; --purge removes it`;
const HOLDS = '/etc/hot stays: it holds hot.env';
const LEFT = { notes: [MAY_HOLD, HOLDS] };
const DROP_IN = `${UNITS}/a-ensure.timer.d/x.conf`;

const CASES: Readonly<Record<string, Case>> = {
  'as installed': { ...LEFT, steps: [...QUIET, ...FILES, 'reload', 'remove-directory /opt/hot', ...FORGET] },
  'as installed, --purge': {
    purge: true,
    steps: [
      ...QUIET,
      ...FILES,
      'reload',
      `remove ${ENVIRONMENT}`,
      'remove-directory /opt/hot',
      'remove-directory /etc/hot',
      ...FORGET,
    ],
  },
  'the environment file was there before, --purge': {
    on: await install(change(bare, { '/etc/hot': folder(), [ENVIRONMENT]: file(CONFIGURED, 0o600) }), want()),
    purge: true,
    steps: [...QUIET, ...FILES, 'reload', 'remove-directory /opt/hot', ...FORGET],
    notes: [`${ENVIRONMENT} stays: the install did not make it`],
  },
  'the environment file was made a link, --purge': {
    with: { [ENVIRONMENT]: link('/run/secret.env') },
    purge: true,
    steps: [...QUIET, ...FILES, 'reload', 'remove-directory /opt/hot', ...FORGET],
    notes: [`${ENVIRONMENT} stays: it was changed on this host`, HOLDS],
  },
  'two jobs, one of them running': {
    ...LEFT,
    on: installedBoth,
    state: { active: new Set(['a-ensure.timer', 'a-retention.timer', 'a-retention.service']) },
    steps: [
      ...QUIET,
      'disable a-retention.timer',
      `remove ${stampPath('a-retention.timer')}`,
      `remove ${SERVICE}`,
      `remove ${TIMER}`,
      `remove ${UNITS}/a-retention.service`,
      `remove ${UNITS}/a-retention.timer`,
      `remove ${SCRIPT}`,
      'reload',
      'remove-directory /opt/hot',
      ...FORGET,
    ],
    notes: ['a-retention.service is running and is left to end', ...LEFT.notes],
  },
  'the job failed': {
    ...LEFT,
    state: { failed: new Set(['a-ensure.service']) },
    steps: [...QUIET, ...FILES, 'reload', 'reset-failed a-ensure.service', 'remove-directory /opt/hot', ...FORGET],
  },
  'the job failed and waits to be started again': {
    ...LEFT,
    state: { waiting: new Set(['a-ensure.service']) },
    steps: [...QUIET, 'stop a-ensure.service', ...FILES, 'reload', 'remove-directory /opt/hot', ...FORGET],
  },
  'an administrator disabled the timer': {
    ...LEFT,
    with: { [WANTS]: undefined, [STAMP]: undefined },
    state: { active: new Set() },
    steps: [...FILES, 'reload', 'remove-directory /opt/hot', ...FORGET],
  },
  'an administrator removed the files': {
    ...LEFT,
    with: { [SCRIPT]: undefined, '/opt/hot': undefined, [SERVICE]: undefined, [TIMER]: undefined },
    state: { active: new Set(), read: new Map() },
    steps: [`remove ${STAMP}`, `remove ${WANTS}`, 'reload', ...FORGET],
  },
  'an administrator masked the timer': {
    with: { [TIMER]: link('/dev/null'), [WANTS]: undefined },
    state: { active: new Set(), read: new Map() },
    steps: [
      `remove ${STAMP}`,
      `remove ${SERVICE}`,
      `remove ${SCRIPT}`,
      'reload',
      'remove-directory /opt/hot',
      ...FORGET,
    ],
    notes: [`${TIMER} was changed on this host and stays: remove it if it is not needed`, ...LEFT.notes],
  },
  'a file was edited': {
    with: { [SCRIPT]: file('mine', 0o755) },
    steps: [...QUIET, `remove ${SERVICE}`, `remove ${TIMER}`, 'reload', ...FORGET],
    notes: [
      `${SCRIPT} was changed on this host and stays: remove it if it is not needed`,
      MAY_HOLD,
      '/opt/hot stays: it holds a.sh',
      HOLDS,
    ],
  },
  'others have a file beside ours, and a drop-in': {
    with: { '/opt/hot/mine': file('mine'), [`${UNITS}/a-ensure.timer.d`]: folder(), [DROP_IN]: file('[Timer]\n') },
    steps: [...QUIET, ...FILES, 'reload', ...FORGET],
    notes: [`${DROP_IN} stays: it is not hotlookup's`, MAY_HOLD, '/opt/hot stays: it holds mine', HOLDS],
  },
  'others have a file deep in folders of ours': {
    on: await install(bare, want({ scriptsDir: '/opt/deep/hot' })),
    with: { '/opt/deep/hot/mine': file('mine') },
    notes: [MAY_HOLD, '/opt/deep/hot stays: it holds mine', HOLDS],
  },
  'an interrupted install left its drafts': {
    ...LEFT,
    with: {
      '/opt/hot/.a.sh.hotlookup-new': file('half'),
      '/var/lib/hotlookup/.spec.json.hotlookup-old': file('{}'),
    },
    steps: [
      'remove /var/lib/hotlookup/.spec.json.hotlookup-old',
      'remove /opt/hot/.a.sh.hotlookup-new',
      ...QUIET,
      ...FILES,
      'reload',
      'remove-directory /opt/hot',
      ...FORGET,
    ],
  },
  'installed by hand and adopted': {
    on: await install(byHand, want()),
    steps: [...QUIET, ...FILES, 'reload', ...FORGET],
    notes: [`${ENVIRONMENT} stays: the install did not make it`],
  },
  'somebody else can change the manifest': {
    ...LEFT,
    with: { [RECORD]: { ...(installed.entries.get(RECORD) ?? folder()), uid: 1000 } },
    refusals: [`7: ${RECORD} belongs to user 1000 and has mode 0644, so that others could change it`],
  },
};

test.each(Object.entries(CASES))('%s', async (_, given) => {
  const model = change(given.on ?? installed, given.with ?? {}, given.state);
  const { steps, notes, refusals } = await planRemovalFrom(model, { purge: given.purge ?? false });
  expect(refusals.map(({ found, kind }) => `${exitCodeOf(kind)}: ${found}`)).toEqual(given.refusals ?? []);
  if (given.steps) expect(words(steps)).toEqual(given.steps);
  expect(notes).toEqual(given.notes ?? []);
});
