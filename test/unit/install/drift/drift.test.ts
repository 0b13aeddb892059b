import { describe, expect, test } from 'vitest';
import { expectedOf, recordedOf } from '../../../../src/install/drift/drift.ts';
import { findDrift } from '../../../../src/install/drift/find.ts';
import { observe } from '../../../../src/install/observe/observe.ts';
import { driftText } from '../../../../src/report/drift/text.ts';
import { bare, byHand, contentsOf, image, installed, SCRIPT, SERVICE, TIMER, UNITS, WANTS } from '../cases.ts';
import { installAndConfigure, want } from '../hosts.ts';
import { change, type Entry, file, folder, link, type Model, portOf } from '../model.ts';

const MANIFEST = '/var/lib/hotlookup/spec.json';

/** How a host differs from what is wanted, in words. */
async function differences(model: Model, wanted = want()): Promise<string[]> {
  const drift = findDrift(expectedOf(wanted), await observe(portOf(model), wanted));
  return drift.map(driftText).map(({ kind, path, what }) => `${kind} ${path} ${what}`);
}

type Case = { on?: Model; with?: Record<string, Entry | undefined>; state?: Partial<Model>; found: readonly string[] };

const CASES: Readonly<Record<string, Case>> = {
  'an installation as it should be': { found: [] },
  'an installation by hand, whose record is missing': {
    on: byHand,
    found: [`missing ${MANIFEST} is not there, so nothing was installed by hotlookup install`],
  },
  'a file that is gone': { with: { [SCRIPT]: undefined }, found: [`missing ${SCRIPT} is not there`] },
  'a file that was edited': {
    with: { [SCRIPT]: file(`${contentsOf(SCRIPT)}exit 1\n`, 0o755) },
    found: [`changed ${SCRIPT} is not what the spec renders`],
  },
  'a mode and an owner': {
    with: { [SCRIPT]: file(contentsOf(SCRIPT), 0o700, { uid: 7, gid: 8 }) },
    found: [
      `mode ${SCRIPT} has mode 0700, should be 0755`,
      `owner ${SCRIPT} belongs to 7:8, should belong to root:root`,
    ],
  },
  'a link in a place of a file': {
    with: { [SCRIPT]: link('/tmp/x') },
    found: [`blocked ${SCRIPT} is a link to /tmp/x, should be a file`],
  },
  'what an install that was killed left': {
    with: { '/opt/hot/.a.sh.hotlookup-new': file('') },
    found: ['extra /opt/hot/.a.sh.hotlookup-new was left by an install that was killed'],
  },
  'a timer that was disabled': {
    with: { [WANTS]: undefined },
    state: { active: new Set() },
    found: ['unit a-ensure.timer is disabled, should be enabled', 'unit a-ensure.timer is inactive, should be active'],
  },
  'a timer that was masked': {
    with: { [TIMER]: link('/dev/null'), [WANTS]: undefined },
    state: { active: new Set() },
    found: ['unit a-ensure.timer is masked, should be enabled', 'unit a-ensure.timer is inactive, should be active'],
  },
  'a unit that systemd has not read': {
    state: { read: new Map([['a-ensure.timer', '[Timer]\nOnCalendar=yearly\n']]) },
    found: ['unit a-ensure.timer has files that changed since systemd read them'],
  },
  'a unit that systemd cannot use, for which it always asks for a reload': {
    state: { read: new Map([['a-ensure.timer', '[Timer]\nOnCalendar=nonsense\n']]) },
    found: ['unit a-ensure.timer cannot be used by systemd (bad-setting)'],
  },
  'a drop-in that replaces a schedule': {
    with: {
      [`${UNITS}/a-ensure.timer.d`]: folder(),
      [`${UNITS}/a-ensure.timer.d/x.conf`]: file('[Timer]\nOnCalendar=\nOnCalendar=daily\n'),
    },
    found: [
      `drop-in a-ensure.timer ${UNITS}/a-ensure.timer.d/x.conf sets [Timer] OnCalendar= to daily; generated is *-*-01`,
    ],
  },
  'a drop-in that only adds': {
    with: {
      [`${UNITS}/a-ensure.service.d`]: folder(),
      [`${UNITS}/a-ensure.service.d/x.conf`]: file('[Service]\nNice=5\n'),
    },
    found: [],
  },
  'a unit whose namesake comes first': {
    on: await installAndConfigure(bare, want({ unitsDir: '/usr/local/lib/systemd/system' })),
    with: { [SERVICE]: file('[Service]\n') },
    found: [`unit a-ensure.service is not used: ${SERVICE} comes first`],
  },
};

describe('a diff tells', () => {
  test.each(Object.entries(CASES))('%s', async (_, given) => {
    const wanted = given.on && given.with?.[SERVICE] ? want({ unitsDir: '/usr/local/lib/systemd/system' }) : want();
    const model = change(given.on ?? installed, given.with ?? {}, given.state);
    expect(await differences(model, wanted)).toEqual(given.found);
  });
});

test('everything that is missing on a host where nothing is installed', async () => {
  const found = await differences(bare);
  expect(found.filter((line) => line.startsWith('missing '))).toHaveLength(1 + want().files.length);
  expect(found).toHaveLength(1 + want().files.length);
});

test('what is installed and not wanted any more, job and all', async () => {
  const both = await installAndConfigure(bare, want({ jobs: ['ensure', 'retention'] }));
  expect(await differences(both)).toEqual(
    ['service', 'timer'].map(
      (type) => `extra ${UNITS}/a-retention.${type} was installed earlier, is not asked for any more`,
    ),
  );
});

test.each([
  ['links', {}],
  ['a preset', { preset: true }],
])('an image whose timers %s enable is as it should be', async (_, options) => {
  expect(await differences(await installAndConfigure(image, want(), options))).toEqual([]);
});

test('without a spec the manifest says what should be there', async () => {
  const model = change(installed, { [SCRIPT]: file('edited', 0o755), [TIMER]: undefined });
  const observed = await observe(portOf(model), undefined);
  if (!observed.manifest) throw new Error('no manifest');
  const drift = findDrift(recordedOf(observed.manifest), observed);
  expect(drift.map(driftText).map(({ path, what }) => `${path} ${what}`)).toEqual([
    `${TIMER} is not there`,
    `${SCRIPT} was changed since it was installed`,
  ]);
});
