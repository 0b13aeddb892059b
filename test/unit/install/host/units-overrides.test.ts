import { expect, test } from 'vitest';
import { overriddenSettings } from '../../../../src/install/host/units-overrides.ts';

const UNIT = `# Generated
[Unit]
Description=When
[Timer]
OnCalendar=*-*-01 00:10:00 UTC
; a comment
Persistent = true
`;

test('settings that a drop-in makes again, with both values', () => {
  const dropIn = '[Timer]\nOnCalendar=\nOnCalendar=daily\nWakeSystem=true\n[Unit]\nDescription=Mine\n';
  expect(overriddenSettings(UNIT, dropIn)).toEqual([
    { section: 'Timer', key: 'OnCalendar', from: ['*-*-01 00:10:00 UTC'], to: ['', 'daily'] },
    { section: 'Unit', key: 'Description', from: ['When'], to: ['Mine'] },
  ]);
});

test.each([
  ['nothing', ''],
  ['other settings', '[Timer]\nOnBootSec=1min\n'],
  ['a setting of that name in another section', '[Install]\nOnCalendar=daily\n'],
  ['comments', '[Timer]\n#OnCalendar=daily\n  ; OnCalendar=daily\n'],
  ['a setting before any section', 'OnCalendar=daily\n'],
])('%s overrides nothing', (_, dropIn) => {
  expect(overriddenSettings(UNIT, dropIn)).toEqual([]);
});

test('lines that go on, blanks around the sign, and line ends of other systems', () => {
  const dropIn = '[Timer]\r\nOnCalendar = mon \\\r\n# between\r\n   tue\r\n';
  expect(overriddenSettings(UNIT, dropIn)).toEqual([
    { section: 'Timer', key: 'OnCalendar', from: ['*-*-01 00:10:00 UTC'], to: ['mon     tue'] },
  ]);
});

test('a last line that announces another', () => {
  expect(overriddenSettings(UNIT, '[Timer]\nPersistent=false\\')).toEqual([
    { section: 'Timer', key: 'Persistent', from: ['true'], to: ['false'] },
  ]);
});
