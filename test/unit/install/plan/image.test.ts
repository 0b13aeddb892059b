import { expect, test } from 'vitest';
import { PRESET_PATH } from '../../../../src/install/desired/image-enablement.ts';
import { bare, image, SCRIPT, SERVICE, TIMER, TO_BE_SET, testPlans, UNITS, WANTS } from '../cases.ts';
import { ENVIRONMENT, install, planOn, planRemovalFrom, want, words } from '../hosts.ts';
import { change, file, folder, link } from '../model.ts';

const WANTS_FOLDER = `${UNITS}/timers.target.wants`;
const ABSENT = `${ENVIRONMENT} is not part of an image: a host needs it, mode 0600, and PG_DSN in it`;
const FILES = ['make-directory /opt/hot 0755', `write ${SCRIPT} 0755`, `write ${SERVICE} 0644`, `write ${TIMER} 0644`];
const RECORD = ['make-directory /var/lib/hotlookup 0755', 'record'];
const LINKED = `link ${WANTS} → ${TIMER}`;
const ELSEWHERE = want({ unitsDir: '/usr/lib/systemd' });
const DROP_IN = `/usr/lib/systemd/system/a-ensure.timer.d/x.conf`;

const filled = await install(image, want());
const withPreset = await install(image, want(), { preset: true });
const none = { notes: [ABSENT], active: [] };

testPlans({
  'nothing is installed': {
    ...none,
    on: image,
    steps: [...RECORD, `make-directory ${WANTS_FOLDER} 0755`, ...FILES, LINKED, 'record'],
  },
  'everything is as it should be': { ...none, on: filled, steps: [] },
  '--no-enable': {
    on: image,
    options: { enable: 'none' },
    steps: [...RECORD, ...FILES],
    notes: [ABSENT, 'a-ensure.timer is not enabled: --enable does it'],
    active: [],
  },
  '--preset': {
    ...none,
    on: image,
    options: { preset: true },
    steps: [
      ...RECORD,
      FILES[0] ?? '',
      'make-directory /usr/lib/systemd 0755',
      'make-directory /usr/lib/systemd/system-preset 0755',
      ...FILES.slice(1),
      `write ${PRESET_PATH} 0644`,
      'record',
    ],
  },
  '--preset again': { ...none, on: withPreset, options: { preset: true }, steps: [] },
  '--preset after links': {
    ...none,
    on: filled,
    options: { preset: true },
    steps: [
      'record',
      'make-directory /usr/lib/systemd 0755',
      'make-directory /usr/lib/systemd/system-preset 0755',
      `write ${PRESET_PATH} 0644`,
      `remove ${WANTS}`,
      `remove-directory ${WANTS_FOLDER}`,
      'record',
    ],
  },
  'links after --preset': {
    ...none,
    on: withPreset,
    steps: [
      'record',
      `make-directory ${WANTS_FOLDER} 0755`,
      `remove ${PRESET_PATH}`,
      'remove-directory /usr/lib/systemd/system-preset',
      'remove-directory /usr/lib/systemd',
      LINKED,
      'record',
    ],
  },
  'an administrator took the link away': {
    on: filled,
    with: { [WANTS]: undefined, [`${WANTS_FOLDER}/other.timer`]: link('../other.timer') },
    steps: ['record'],
    notes: [ABSENT, 'a-ensure.timer was disabled on this host and stays so: --enable enables it'],
    active: [],
  },
  'the link was there before': {
    ...none,
    on: image,
    with: { [WANTS_FOLDER]: folder(), [WANTS]: link('../a-ensure.timer') },
    steps: [...RECORD, ...FILES, 'record'],
  },
  'a file is where the link has to be': {
    ...none,
    on: image,
    with: { [WANTS_FOLDER]: folder(), [WANTS]: file('') },
    refusals: [`7: ${WANTS} is a file`],
  },
  'the units move': {
    ...none,
    on: filled,
    wanted: ELSEWHERE,
    steps: [
      'record',
      'make-directory /usr/lib/systemd 0755',
      'write /usr/lib/systemd/a-ensure.service 0644',
      'write /usr/lib/systemd/a-ensure.timer 0644',
      `remove ${SERVICE}`,
      `remove ${TIMER}`,
      `remove ${WANTS}`,
      `link ${WANTS} → /usr/lib/systemd/a-ensure.timer`,
      'record',
    ],
  },
  'the job is switched off': {
    ...none,
    on: filled,
    wanted: want({ jobs: [] }),
    steps: [`remove ${WANTS}`, `remove ${SERVICE}`, `remove ${TIMER}`, `remove-directory ${WANTS_FOLDER}`, 'record'],
  },
  'the image was booted once, and the job is switched off': {
    ...none,
    on: filled,
    with: { '/var/lib/systemd/timers/stamp-a-ensure.timer': file('') },
    wanted: want({ jobs: [] }),
    steps: [
      'remove /var/lib/systemd/timers/stamp-a-ensure.timer',
      `remove ${WANTS}`,
      `remove ${SERVICE}`,
      `remove ${TIMER}`,
      `remove-directory ${WANTS_FOLDER}`,
      'record',
    ],
  },
  'a drop-in of the distribution': {
    on: filled,
    with: {
      '/usr/lib/systemd': folder(),
      '/usr/lib/systemd/system': folder(),
      '/usr/lib/systemd/system/a-ensure.timer.d': folder(),
      [DROP_IN]: file('[Timer]\nOnCalendar=daily\n'),
    },
    steps: [],
    notes: [ABSENT, `${DROP_IN} overrides OnCalendar= of a-ensure.timer; it is left as it is`],
    active: [],
  },
  '--run-ensure': {
    on: filled,
    options: { runEnsure: true },
    steps: [],
    notes: [ABSENT, 'nothing is run in an image: run the ensure job on the host'],
    active: [],
  },
  'the image has an environment file': {
    on: filled,
    with: { '/etc/hot': folder(), [ENVIRONMENT]: file(want().environmentFile.example, 0o600) },
    steps: [],
    notes: [TO_BE_SET],
    active: [],
  },
});

test('an image that booted needs nothing but its environment file', async () => {
  const booted = change(filled, {}, { isLive: true, active: new Set(['a-ensure.timer']) });
  const { steps, activeTimers } = await planOn(booted, want());
  expect(words(steps)).toEqual(['record', 'make-directory /etc/hot 0755', `write ${ENVIRONMENT} 0600`]);
  expect(activeTimers).toEqual(['a-ensure.timer']);
});

test('an image that booted is uninstalled by disabling, which takes the link away', async () => {
  const booted = change(filled, {}, { isLive: true, active: new Set(['a-ensure.timer']) });
  expect(words((await planRemovalFrom(booted)).steps)).toEqual([
    'disable a-ensure.timer',
    `remove ${SERVICE}`,
    `remove ${TIMER}`,
    `remove ${SCRIPT}`,
    'reload',
    'remove-directory /opt/hot',
    'remove /var/lib/hotlookup/spec.json',
    'remove-directory /var/lib/hotlookup',
  ]);
});

test('a preset names every timer', async () => {
  const { steps } = await planOn(bare, want({ jobs: ['ensure', 'retention'] }), { preset: true });
  const written = steps.flatMap((step) => (step.do === 'write' && step.path === PRESET_PATH ? [step.contents] : []));
  expect(written.join('').split('\n').slice(1)).toEqual(['enable a-ensure.timer', 'enable a-retention.timer', '']);
});

test('a drop-in that lies in one folder with two paths is named once', async () => {
  const model = change(image, {
    '/lib': link('/usr/lib'),
    '/usr/lib/systemd': folder(),
    '/usr/lib/systemd/system': folder(),
    '/usr/lib/systemd/system/a-ensure.timer.d': folder(),
    '/usr/lib/systemd/system/a-ensure.timer.d/x.conf': file('[Timer]\nOnCalendar=*-*-03\n'),
  });
  const { notes } = await planOn(model, want({ unitsDir: '/lib/systemd/system' }));
  expect(notes.filter((note) => note.includes('x.conf'))).toEqual([
    '/lib/systemd/system/a-ensure.timer.d/x.conf overrides OnCalendar= of a-ensure.timer; it is left as it is',
  ]);
});

test('no advice is a command: on the machine that makes an image, the paths would name its own files', async () => {
  const model = change(image, {
    '/opt/hot': link('/nowhere'),
    [SERVICE]: folder(),
    [TIMER]: file('mine'),
    [WANTS_FOLDER]: folder(),
    [WANTS]: folder(),
    [ENVIRONMENT]: file('PG_DSN="Host=db"', 0o644),
  });
  const { refusals } = await planOn(model, want());
  const moveAway = 'See what it is for, then move it away in the image';
  expect(refusals.map(({ fix }) => fix)).toEqual([
    moveAway,
    moveAway,
    moveAway,
    'Give it mode 0600 in the image',
    moveAway,
  ]);
});
