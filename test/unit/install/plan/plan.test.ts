import { stampPath } from '../../../../src/install/host/units.ts';
import {
  bare,
  byHand,
  FIRST_RUN,
  installedBoth,
  SCRIPT,
  STAMP,
  TIMER,
  TO_BE_SET,
  testPlans,
  UNITS,
  WANTS,
} from '../cases.ts';
import { CONFIGURED, ENVIRONMENT, installAndConfigure, want } from '../hosts.ts';
import { file, folder } from '../model.ts';

const notEnabled = await installAndConfigure(bare, want(), { enable: 'none' });

const FRESH_STEPS = [
  'make-directory /var/lib/hotlookup 0755',
  'record',
  'make-directory /etc/hot 0755',
  'make-directory /opt/hot 0755',
  `write ${SCRIPT} 0755`,
  `write ${UNITS}/a-ensure.service 0644`,
  `write ${TIMER} 0644`,
  `write ${ENVIRONMENT} 0600`,
  'reload',
];

testPlans({
  'nothing is installed': {
    on: bare,
    steps: [...FRESH_STEPS, 'enable a-ensure.timer', 'start a-ensure.timer', 'record'],
    notes: [TO_BE_SET, FIRST_RUN],
  },
  'nothing is installed, --no-enable': {
    on: bare,
    options: { enable: 'none' },
    steps: FRESH_STEPS,
    notes: [TO_BE_SET, 'a-ensure.timer is not enabled: systemctl enable --now a-ensure.timer'],
    active: [],
  },
  'nothing is installed but PG_DSN, --run-ensure': {
    on: bare,
    with: { '/etc/hot': folder(), [ENVIRONMENT]: file(CONFIGURED, 0o600) },
    options: { runEnsure: true },
    steps: [
      ...FRESH_STEPS.slice(0, 2),
      ...FRESH_STEPS.slice(3, 7),
      'reload',
      'enable a-ensure.timer',
      'start a-ensure.timer',
      'record',
      'run a-ensure.service',
    ],
  },
  'everything is as it should be': { steps: [] },
  'installed with --no-enable, now without': {
    on: notEnabled,
    steps: ['enable a-ensure.timer', 'start a-ensure.timer', 'record'],
    notes: [FIRST_RUN],
  },

  'the schedule changed': {
    wanted: want({ calendar: '*-*-02' }),
    steps: ['record', `write ${TIMER} 0644`, 'reload', 'record'],
  },
  'a job is switched off': {
    on: installedBoth,
    steps: [
      'disable a-retention.timer',
      `remove ${stampPath('a-retention.timer')}`,
      `remove ${UNITS}/a-retention.service`,
      `remove ${UNITS}/a-retention.timer`,
      'reload',
      'record',
    ],
  },
  'a job is switched off that runs, and whose timer failed': {
    on: installedBoth,
    state: { active: new Set(['a-ensure.timer', 'a-retention.service']), failed: new Set(['a-retention.timer']) },
    steps: [
      'disable a-retention.timer',
      `remove ${stampPath('a-retention.timer')}`,
      `remove ${UNITS}/a-retention.service`,
      `remove ${UNITS}/a-retention.timer`,
      'reload',
      'reset-failed a-retention.timer',
      'record',
    ],
    notes: ['a-retention.service is running and is left to end'],
  },
  'the set has a new name': {
    wanted: want({ set: 'b' }),
    steps: [
      'record',
      'write /opt/hot/b.sh 0755',
      `write ${UNITS}/b-ensure.service 0644`,
      `write ${UNITS}/b-ensure.timer 0644`,
      'disable a-ensure.timer',
      `remove ${STAMP}`,
      `remove ${UNITS}/a-ensure.service`,
      `remove ${TIMER}`,
      `remove ${SCRIPT}`,
      'reload',
      'enable b-ensure.timer',
      'start b-ensure.timer',
      'record',
    ],
    notes: [FIRST_RUN.replace('a-ensure', 'b-ensure')],
    active: ['b-ensure.timer'],
  },
  'the scripts move; their old folder holds nothing else': {
    wanted: want({ scriptsDir: '/opt/new/place' }),
    steps: [
      'record',
      'make-directory /opt/new 0755',
      'make-directory /opt/new/place 0755',
      'write /opt/new/place/a.sh 0755',
      `write ${UNITS}/a-ensure.service 0644`,
      `remove ${SCRIPT}`,
      'remove-directory /opt/hot',
      'reload',
      'record',
    ],
  },
  'the scripts move; their old folder holds something else': {
    with: { '/opt/hot/mine': file('mine') },
    wanted: want({ scriptsDir: '/opt' }),
    steps: [
      'record',
      'write /opt/a.sh 0755',
      `write ${UNITS}/a-ensure.service 0644`,
      `remove ${SCRIPT}`,
      'reload',
      'record',
    ],
  },
  'the scripts move below their old folder': {
    wanted: want({ scriptsDir: '/opt/hot/deep' }),
    steps: [
      'record',
      'make-directory /opt/hot/deep 0755',
      'write /opt/hot/deep/a.sh 0755',
      `write ${UNITS}/a-ensure.service 0644`,
      `remove ${SCRIPT}`,
      'reload',
      'record',
    ],
  },
  'the units move': {
    wanted: want({ unitsDir: '/usr/local/lib/systemd/system' }),
    steps: [
      'record',
      'make-directory /usr/local 0755',
      'make-directory /usr/local/lib 0755',
      'make-directory /usr/local/lib/systemd 0755',
      'make-directory /usr/local/lib/systemd/system 0755',
      'write /usr/local/lib/systemd/system/a-ensure.service 0644',
      'write /usr/local/lib/systemd/system/a-ensure.timer 0644',
      'disable a-ensure.timer',
      `remove ${UNITS}/a-ensure.service`,
      `remove ${TIMER}`,
      'reload',
      'enable a-ensure.timer',
      'start a-ensure.timer',
      'record',
    ],
  },
  'the environment file has a new name': {
    wanted: want({ environmentFile: '/etc/hot/new.env' }),
    steps: ['record', 'write /etc/hot/new.env 0600'],
    notes: [
      TO_BE_SET.replace('hot.env', 'new.env'),
      `${ENVIRONMENT} is no longer read: take what it says over into /etc/hot/new.env, then remove it`,
    ],
  },

  'installed by hand, as rendered': { on: byHand, steps: ['make-directory /var/lib/hotlookup 0755', 'record'] },
  'installed by hand, not enabled': {
    on: byHand,
    with: { [WANTS]: undefined },
    state: { active: new Set() },
    steps: [
      'make-directory /var/lib/hotlookup 0755',
      'record',
      'enable a-ensure.timer',
      `remove ${STAMP}`,
      'start a-ensure.timer',
      'record',
    ],
    notes: [FIRST_RUN],
  },
});
