import {
  bare,
  byHand,
  FIRST_RUN,
  image,
  SCRIPT,
  SERVICE,
  STAMP,
  TIMER,
  TO_BE_SET,
  testPlans,
  UNITS,
  WANTS,
} from '../cases.ts';
import { ENVIRONMENT, installAndConfigure, want } from '../hosts.ts';
import { file, folder, link, STALE } from '../model.ts';

const quiet = { active: new Set<string>(), read: new Map<string, string>() };
const disabled = { with: { [WANTS]: undefined }, state: quiet };
const mask = link('/dev/null');
const masked = { with: { [WANTS]: undefined, [TIMER]: mask }, state: quiet };
const MASKED = 'a-ensure.timer is masked on this host and stays so: --enable unmasks it';
const DROP_IN = `${UNITS}/a-ensure.timer.d/later.conf`;
const dropIn = (text: string) => ({ [`${UNITS}/a-ensure.timer.d`]: folder(), [DROP_IN]: file(text) });
const LATER = want({ calendar: '*-*-02' });

testPlans({
  'an administrator disabled the timer': {
    ...disabled,
    steps: [],
    notes: ['a-ensure.timer was disabled on this host and stays so: --enable enables it'],
    active: [],
  },
  'an administrator disabled the timer, and the schedule changed': {
    ...disabled,
    wanted: LATER,
    steps: ['record', `write ${TIMER} 0644`, 'reload', 'record'],
    notes: ['a-ensure.timer was disabled on this host and stays so: --enable enables it'],
    active: [],
  },
  'an administrator disabled the timer, --enable': {
    ...disabled,
    options: { enable: 'force' },
    steps: ['enable a-ensure.timer', `remove ${STAMP}`, 'start a-ensure.timer'],
    notes: [FIRST_RUN],
  },
  'an administrator disabled the timer and let it run on': {
    with: { [WANTS]: undefined },
    steps: [],
    notes: ['a-ensure.timer was disabled on this host and stays so: --enable enables it'],
    active: [],
  },
  'the timer was started by hand and never enabled': {
    on: byHand,
    with: { [WANTS]: undefined },
    steps: ['make-directory /var/lib/hotlookup 0755', 'record', 'enable a-ensure.timer', 'record'],
    notes: [FIRST_RUN],
  },
  'the timer was started by hand and never enabled, --no-enable': {
    on: byHand,
    with: { [WANTS]: undefined },
    options: { enable: 'none' },
    steps: ['make-directory /var/lib/hotlookup 0755', 'record'],
    notes: ['a-ensure.timer is not enabled: systemctl enable a-ensure.timer'],
    active: [],
  },
  'an enabled timer was stopped, and a run was missed since': {
    with: { [STAMP]: file(STALE) },
    state: quiet,
    steps: [`remove ${STAMP}`, 'start a-ensure.timer'],
    notes: ['a-ensure.timer was enabled and does not run, so it is started'],
  },
  'an enabled timer was stopped, --no-enable': {
    state: quiet,
    options: { enable: 'none' },
    steps: [],
    notes: ['a-ensure.timer is enabled and does not run: systemctl restart a-ensure.timer'],
    active: [],
  },
  'an enabled timer failed': {
    state: { ...quiet, failed: new Set(['a-ensure.timer']) },
    steps: [`remove ${STAMP}`, 'restart a-ensure.timer'],
    notes: ['a-ensure.timer was enabled and does not run, so it is restarted'],
  },
  'systemd could not read the timer, and the new one is right': {
    on: await installAndConfigure(bare, want({ calendar: 'nonsense' })),
    steps: ['record', `write ${TIMER} 0644`, 'reload', `remove ${STAMP}`, 'restart a-ensure.timer', 'record'],
    notes: ['a-ensure.timer was enabled and does not run, so it is restarted'],
  },
  'systemd has an older timer in memory': {
    state: { read: new Map([['a-ensure.timer', 'older']]) },
    steps: ['reload'],
  },
  'the file of an enabled timer is gone, and the timer stopped': {
    with: { [TIMER]: undefined },
    state: quiet,
    steps: [`write ${TIMER} 0644`, 'reload', `remove ${STAMP}`, 'start a-ensure.timer'],
    notes: ['a-ensure.timer was enabled and does not run, so it is started'],
  },
  'the file of an enabled timer is gone, and the timer runs on': {
    with: { [TIMER]: undefined },
    steps: [`write ${TIMER} 0644`, 'reload'],
  },
  'a stamp is left of an installation long ago': {
    on: bare,
    with: { [STAMP]: file(STALE) },
    steps: [
      'make-directory /var/lib/hotlookup 0755',
      'record',
      'make-directory /etc/hot 0755',
      'make-directory /opt/hot 0755',
      `write ${SCRIPT} 0755`,
      `write ${SERVICE} 0644`,
      `write ${TIMER} 0644`,
      `write ${ENVIRONMENT} 0600`,
      'reload',
      'enable a-ensure.timer',
      `remove ${STAMP}`,
      'start a-ensure.timer',
      'record',
    ],
    notes: [TO_BE_SET, FIRST_RUN],
  },

  'the timer is masked': { ...masked, steps: ['record'], notes: [MASKED], active: [] },
  'the timer is masked, and the schedule changed': {
    ...masked,
    wanted: LATER,
    steps: ['record'],
    notes: [MASKED],
    active: [],
  },
  'the timer is masked, --enable': {
    ...masked,
    options: { enable: 'force' },
    steps: [
      `remove ${TIMER}`,
      `write ${TIMER} 0644`,
      'reload',
      'enable a-ensure.timer',
      `remove ${STAMP}`,
      'start a-ensure.timer',
    ],
    notes: [FIRST_RUN],
  },
  'the timer is masked on a bare host': {
    on: bare,
    with: { [TIMER]: mask },
    steps: [
      'make-directory /var/lib/hotlookup 0755',
      'record',
      'make-directory /etc/hot 0755',
      'make-directory /opt/hot 0755',
      `write ${SCRIPT} 0755`,
      `write ${SERVICE} 0644`,
      `write ${ENVIRONMENT} 0600`,
      'reload',
    ],
    notes: [MASKED, TO_BE_SET],
    active: [],
  },
  'the service is masked, --run-ensure': {
    with: { [SERVICE]: mask },
    options: { runEnsure: true },
    steps: ['record'],
    notes: ['a-ensure.service is masked on this host and stays so: --enable unmasks it'],
    active: [],
  },
  'the timer is masked elsewhere than its file': {
    on: await installAndConfigure(bare, want({ unitsDir: '/usr/local/lib/systemd/system' })),
    with: { [TIMER]: mask, [WANTS]: undefined },
    wanted: want({ unitsDir: '/usr/local/lib/systemd/system' }),
    state: quiet,
    steps: [],
    notes: [MASKED],
    active: [],
  },
  'the timer is masked in an image': {
    on: await installAndConfigure(image, want()),
    with: { [TIMER]: mask, [WANTS]: undefined },
    steps: [`remove-directory ${UNITS}/timers.target.wants`, 'record'],
    notes: [MASKED],
    active: [],
  },

  'a drop-in adds a setting': {
    with: dropIn('[Timer]\nWakeSystem=true\n'),
    steps: [],
    notes: [`${DROP_IN} adds to a-ensure.timer; it is left as it is`],
  },
  'a drop-in overrides a setting': {
    with: dropIn('[Timer]\nOnCalendar=\nOnCalendar=*-*-03\n'),
    steps: [],
    notes: [`${DROP_IN} overrides OnCalendar= of a-ensure.timer; it is left as it is`],
  },
  'a drop-in makes the timer unreadable': {
    with: dropIn('[Timer]\nOnCalendar=nonsense\n'),
    notes: [
      'a-ensure.timer was enabled and does not run, so it is restarted',
      `${DROP_IN} overrides OnCalendar= of a-ensure.timer; it is left as it is`,
    ],
    refusals: [
      `7: systemd cannot use a-ensure.timer (bad-setting); its file is as rendered, but these drop-ins change it: ${DROP_IN}`,
    ],
  },
});
