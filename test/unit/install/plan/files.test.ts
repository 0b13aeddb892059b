import { expect, test } from 'vitest';
import { recordPath } from '../../../../src/install/record/manifest.ts';
import { sha256 } from '../../../../src/render/sha256.ts';
import {
  bare,
  byHand,
  contentsOf,
  FIRST_RUN,
  installed,
  SCRIPT,
  SERVICE,
  TIMER,
  TO_BE_SET,
  testPlans,
} from '../cases.ts';
import { CONFIGURED, ENVIRONMENT, planOn, want } from '../hosts.ts';
import { change, file, folder, link } from '../model.ts';

const RECORD = recordPath('spec');

const LATER = want({ calendar: '*-*-02' });
const EDITED = `${contentsOf(SCRIPT)}# mine\n`;
const COPY = `${SCRIPT}.hotlookup-backup-${sha256(EDITED).slice(0, 8)}`;
const OLDER = contentsOf(SCRIPT).replace('echo', 'printf');
const BESIDE = '/opt/hot/.a.sh.hotlookup-';
const REPLACED = [`back-up ${SCRIPT} → ${COPY}`, `write ${SCRIPT} 0755`];
const environment = (text: string, mode = 0o600, uid = 0) => ({
  '/etc/hot': folder(),
  [ENVIRONMENT]: file(text, mode, { uid }),
});
const ADOPTED = ['make-directory /var/lib/hotlookup 0755', 'record'];

testPlans({
  'a file was edited': { with: { [SCRIPT]: file(EDITED, 0o755) }, refusals: [`7: ${SCRIPT} was edited on this host`] },
  'a file was edited, and the spec changed it too': {
    with: { [TIMER]: file(`${contentsOf(TIMER)}Unit=other.service\n`) },
    wanted: LATER,
    refusals: [`7: ${TIMER} was edited on this host`],
  },
  'a file was edited to what the spec now wants': {
    with: { [TIMER]: file(contentsOf(TIMER, LATER)) },
    wanted: LATER,
    steps: ['record', 'reload', 'record'],
  },
  'a file was edited, --force': { with: { [SCRIPT]: file(EDITED, 0o755) }, options: { force: true }, steps: REPLACED },
  'a file was edited, --force, and a copy is kept already': {
    with: { [SCRIPT]: file(EDITED, 0o755), [COPY]: file(EDITED, 0o755) },
    options: { force: true },
    steps: [`write ${SCRIPT} 0755`],
  },
  'a file was edited, --force, and half a copy is kept': {
    with: { [SCRIPT]: file(EDITED, 0o755), [COPY]: file('half') },
    options: { force: true },
    steps: [`remove ${COPY}`, ...REPLACED],
  },
  'a file that was edited is no longer wanted': {
    with: { [SCRIPT]: file(EDITED, 0o755) },
    wanted: want({ scriptsDir: '/opt' }),
    steps: ['record', 'write /opt/a.sh 0755', `write ${SERVICE} 0644`, 'reload', 'record'],
    notes: [`${SCRIPT} was changed on this host and stays: remove it if it is not needed`],
  },
  'a file is gone': { with: { [SCRIPT]: undefined }, steps: [`write ${SCRIPT} 0755`] },
  'everything is gone but the manifest': {
    with: { [SCRIPT]: undefined, '/opt/hot': undefined, [SERVICE]: undefined },
    steps: ['make-directory /opt/hot 0755', `write ${SCRIPT} 0755`, `write ${SERVICE} 0644`, 'reload'],
  },
  'somebody else owns a file': {
    with: { [SCRIPT]: file(contentsOf(SCRIPT), 0o755, { uid: 1000 }) },
    steps: [`change-owner ${SCRIPT}`],
    notes: [`${SCRIPT} belonged to user 1000, who could change it: see whether that was intended`],
  },
  'somebody else owns a file, and nothing can be given to root': {
    with: { [SCRIPT]: file(contentsOf(SCRIPT), 0o755, { uid: 1000 }) },
    state: { isRoot: false },
    steps: [],
  },
  "a file's group is another": {
    with: { [TIMER]: file(contentsOf(TIMER), 0o644, { gid: 4 }) },
    steps: [`change-owner ${TIMER}`],
  },
  'a script cannot be executed': {
    with: { [SCRIPT]: file(contentsOf(SCRIPT), 0o644) },
    steps: [`change-mode ${SCRIPT} 0755`],
  },
  'others can write a script': {
    with: { [SCRIPT]: file(contentsOf(SCRIPT), 0o777) },
    steps: [`change-mode ${SCRIPT} 0755`],
    notes: [`${SCRIPT} had mode 0777, so that others could change it`],
  },

  'installed by hand, from an older render': {
    on: byHand,
    with: { [SCRIPT]: file(OLDER, 0o755) },
    refusals: [`7: ${SCRIPT} was edited on this host`],
  },
  'installed by hand, with the wrong mode': {
    on: byHand,
    with: { [SCRIPT]: file(contentsOf(SCRIPT), 0o700) },
    steps: [...ADOPTED, `change-mode ${SCRIPT} 0755`, 'record'],
  },
  "somebody else's file": {
    with: { [SCRIPT]: undefined, '/opt/new': folder(), '/opt/new/a.sh': file('echo mine\n', 0o755) },
    wanted: want({ scriptsDir: '/opt/new' }),
    options: { force: true },
    notes: [],
    refusals: ['7: /opt/new/a.sh is there and was not made by hotlookup'],
  },
  'an empty file on a bare host': {
    on: bare,
    with: { '/opt/hot': folder(), [SCRIPT]: file('') },
    notes: [TO_BE_SET, FIRST_RUN],
    refusals: [`7: ${SCRIPT} is there and was not made by hotlookup (it is empty)`],
  },
  'a folder in the way': { with: { [SCRIPT]: folder() }, refusals: [`7: ${SCRIPT} is a directory`] },
  'a link in the way': { with: { [SCRIPT]: link('/srv/a.sh') }, refusals: [`7: ${SCRIPT} is a link to /srv/a.sh`] },
  'a pipe in the way': {
    with: { [SCRIPT]: { type: 'other', mode: 0o644, uid: 0, gid: 0 } },
    refusals: [`7: ${SCRIPT} is no regular file`],
  },
  'files where folders have to be': {
    with: { '/srv': file('x'), '/loop': link('/loop') },
    wanted: { ...want({ scriptsDir: '/srv/hot' }), environmentFile: { path: '/loop/hot.env', example: '' } },
    notes: [
      'PG_DSN in /loop/hot.env is to be set: until then the jobs end with exit code 3',
      `${ENVIRONMENT} is no longer read: take what it says over into /loop/hot.env, then remove it`,
    ],
    refusals: [
      '7: /loop has to be a folder and is a link that leads to none',
      '7: /srv has to be a folder and is a file',
    ],
  },
  'everything in the way at once': {
    with: { [SCRIPT]: folder(), [TIMER]: file(`${contentsOf(TIMER)}#`), ...environment(CONFIGURED, 0o644) },
    refusals: [
      `7: ${SCRIPT} is a directory`,
      `7: ${TIMER} was edited on this host`,
      `7: ${ENVIRONMENT} has mode 0644: others than its owner may use the password in it`,
    ],
  },

  'an interrupted install left its drafts': {
    with: { [`${BESIDE}new`]: file('half', 0o600), [`${BESIDE}old`]: file('old') },
    steps: [`remove ${BESIDE}new`, `remove ${BESIDE}old`],
  },
  'an install was interrupted at its very start': {
    on: bare,
    with: {
      '/var/lib/hotlookup': folder(),
      '/var/lib/hotlookup/.spec.json.hotlookup-new': file('{'),
      ...environment(CONFIGURED),
    },
    options: { enable: 'none' },
    steps: [
      'remove /var/lib/hotlookup/.spec.json.hotlookup-new',
      'record',
      'make-directory /opt/hot 0755',
      `write ${SCRIPT} 0755`,
      `write ${SERVICE} 0644`,
      `write ${TIMER} 0644`,
      'reload',
    ],
    notes: ['a-ensure.timer is not enabled: systemctl enable --now a-ensure.timer'],
    active: [],
  },
  'a folder has the name of a draft': {
    with: { [`${BESIDE}new`]: folder() },
    refusals: [`7: ${BESIDE}new is a directory`],
  },

  'others may read PG_DSN': {
    with: environment(CONFIGURED, 0o640),
    refusals: [`7: ${ENVIRONMENT} has mode 0640: others than its owner may use the password in it`],
  },
  'PG_DSN is still as in the example': {
    with: environment(want().environmentFile.example),
    steps: [],
    notes: [TO_BE_SET],
  },
  'PG_DSN is set by half': { with: environment('PG_DSN="Host=db;Password=..."'), steps: [], notes: [TO_BE_SET] },
  'PG_DSN is not defined': { with: environment('PGDSN=x'), refusals: [`3: ${ENVIRONMENT} does not define PG_DSN`] },
  'PG_DSN cannot be used': {
    with: environment('PG_DSN="Host=db;Pasword=topsecret"'),
    refusals: [expect.stringMatching(/^3: \/etc\/hot\/hot.env: PG_DSN cannot be used: (?!.*topsecret)/)],
  },
  'PG_DSN names a host, and the units may use the unix socket alone': {
    wanted: want({ access: 'socket' }),
    refusals: [
      `3: PG_DSN in ${ENVIRONMENT} names no unix socket, and with access: socket the jobs may use nothing else`,
    ],
  },
  'PG_DSN names a unix socket, as the units want it': {
    with: environment('PG_DSN="Host=/run/postgresql,db"'),
    wanted: want({ access: 'socket' }),
    steps: [],
  },
  'somebody else owns the environment file': {
    with: environment(CONFIGURED, 0o600, 1000),
    steps: [],
    notes: [`${ENVIRONMENT} belongs to user 1000, who decides where the jobs connect`],
  },
  'the environment file is a link': {
    with: { [ENVIRONMENT]: link('../../run/secret.env'), '/run': folder(), '/run/secret.env': file(CONFIGURED, 0o600) },
    steps: [],
  },
  'the environment file is a link that leads nowhere': {
    with: { [ENVIRONMENT]: link('/run/secret.env') },
    refusals: [`7: ${ENVIRONMENT} is a link to /run/secret.env`],
  },
  'PG_DSN is not set, --run-ensure': {
    with: environment(want().environmentFile.example),
    options: { runEnsure: true },
    notes: [TO_BE_SET],
    refusals: [`3: the ensure job cannot be run: PG_DSN in ${ENVIRONMENT} is not set`],
  },

  'others could change the manifest': {
    with: { [RECORD]: { ...(installed.entries.get(RECORD) ?? folder()), mode: 0o666 } },
    refusals: [`7: ${RECORD} belongs to user 0 and has mode 0666, so that others could change it`],
  },
  'the manifest cannot be read by others': {
    with: { [RECORD]: { ...(installed.entries.get(RECORD) ?? folder()), mode: 0o600 } },
    steps: [`change-mode ${RECORD} 0644`],
  },
});

test('a refusal shows the edit, and how to get rid of what is in the way', async () => {
  const model = change(installed, { [SCRIPT]: file(EDITED, 0o755), [TIMER]: folder() });
  const { refusals } = await planOn(model, want());
  expect(refusals).toEqual([
    {
      found: `${SCRIPT} was edited on this host`,
      fix: 'Take the change over into the spec or a drop-in, or replace the file and keep a copy: --force',
      kind: 'refused',
      edited: { path: SCRIPT, before: EDITED, after: contentsOf(SCRIPT) },
    },
    {
      found: `${TIMER} is a directory`,
      fix: `See what it is for, then move it away: mv ${TIMER} ${TIMER}.old`,
      kind: 'refused',
    },
  ]);
});

test('only the environment file is secret', async () => {
  const { steps } = await planOn(bare, want());
  const secret = steps.flatMap((step) => (step.do === 'write' && step.secret ? [step.path] : []));
  expect(secret).toEqual([ENVIRONMENT]);
});
