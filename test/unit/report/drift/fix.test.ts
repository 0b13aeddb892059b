import { expect, test } from 'vitest';
import type { Drift } from '../../../../src/install/drift/drift.ts';
import { driftFixes } from '../../../../src/report/drift/fix.ts';

const dropIn = (subject: string, path: string): Drift => ({
  subject,
  is: 'drop-in',
  path,
  setting: { section: 'Timer', key: 'OnCalendar', from: ['daily'], to: ['never'] },
});
const SPOILT: readonly Drift[] = [
  { subject: 'a.timer', is: 'not-active', found: 'failed' },
  { subject: 'a.timer', is: 'unusable', found: 'bad-setting' },
  dropIn('a.timer', '/etc/systemd/system/a.timer.d/x.conf'),
];
const CORRECTION =
  'Correct or remove /etc/systemd/system/a.timer.d/x.conf, with which systemd cannot use a.timer, then: sudo systemctl daemon-reload';

test.each<[name: string, readonly Drift[], readonly string[]]>([
  ['nothing', [], []],
  ['a file', [{ subject: '/a', is: 'missing' }], ['sudo hotlookup install']],
  [
    'a timer that somebody disabled',
    [{ subject: 'a.timer', is: 'not-enabled', found: 'disabled' }],
    ['sudo hotlookup install --enable'],
  ],
  ['a drop-in that does no harm', [dropIn('a.timer', '/x.conf')], []],
  ['a drop-in that spoils a timer', SPOILT, [CORRECTION]],
  [
    'a drop-in that spoils a timer, and a file',
    [...SPOILT, { subject: '/a', is: 'missing' }],
    [CORRECTION, 'sudo hotlookup install'],
  ],
  [
    'an unusable unit, and a drop-in of another',
    [{ subject: 'b.timer', is: 'unusable', found: 'error' }, dropIn('a.timer', '/x.conf')],
    ['sudo hotlookup install'],
  ],
])('what helps against %s', (_, drift, fixes) => {
  expect(driftFixes(drift, undefined, '/')).toEqual(fixes);
});

test('the command names the spec and the image, as a shell wants them', () => {
  expect(driftFixes([{ subject: '/a', is: 'missing' }], 'my spec.yaml', '/image')).toEqual([
    "hotlookup install --spec 'my spec.yaml' --root /image",
  ]);
});
