import { expect, test } from 'vitest';
import { parseUnitState, parseUnitStates } from '../../../src/io/systemd.ts';

test('an active timer, as systemd 252 shows it', () => {
  const text = `NextElapseUSecRealtime=Tue 2026-12-01 03:39:47 UTC
LoadState=loaded
ActiveState=active
FragmentPath=/etc/systemd/system/t.timer
DropInPaths="/etc/systemd/system/t.timer.d/a b\\"c.conf" /etc/systemd/system/t.timer.d/z.conf
UnitFileState=enabled
NeedDaemonReload=no
`;
  expect(parseUnitState(text)).toEqual({
    load: 'loaded',
    unitFile: 'enabled',
    active: 'active',
    isWaiting: false,
    nextElapse: Date.UTC(2026, 11, 1, 3, 39, 47),
    fragmentPath: '/etc/systemd/system/t.timer',
    dropInPaths: ['/etc/systemd/system/t.timer.d/a b"c.conf', '/etc/systemd/system/t.timer.d/z.conf'],
    needsReload: false,
  });
});

test('a unit that is not there', () => {
  const text = `NextElapseUSecRealtime=
LoadState=not-found
ActiveState=inactive
FragmentPath=
DropInPaths=
UnitFileState=
NeedDaemonReload=no
`;
  expect(parseUnitState(text)).toEqual({
    load: 'not-found',
    unitFile: '',
    active: 'inactive',
    isWaiting: false,
    nextElapse: undefined,
    fragmentPath: '',
    dropInPaths: [],
    needsReload: false,
  });
});

test('a job that failed and waits to be started again', () => {
  expect(parseUnitState('ActiveState=activating\nSubState=auto-restart\n')).toMatchObject({ isWaiting: true });
  expect(parseUnitState('ActiveState=activating\nSubState=start\n')).toMatchObject({ isWaiting: false });
});

test('several units, one block each', () => {
  const text = 'LoadState=loaded\nActiveState=active\n\nLoadState=not-found\nActiveState=inactive\n';
  const states = parseUnitStates(['b.timer', 'a.timer'], text);
  expect([...states].map(([unit, { load }]) => [unit, load])).toEqual([
    ['b.timer', 'loaded'],
    ['a.timer', 'not-found'],
  ]);
  expect(() => parseUnitStates(['a.timer'], text)).toThrow('told of 2 units when asked for 1');
});

test('a service has no next elapse', () => {
  expect(parseUnitState('LoadState=loaded\nActiveState=activating\nNeedDaemonReload=yes\n')).toMatchObject({
    active: 'activating',
    nextElapse: undefined,
    needsReload: true,
  });
});
