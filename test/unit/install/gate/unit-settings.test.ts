import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { failureUnits, unitFileOf } from '../../../../src/install/gate/stage.ts';
import { isOn, settings, words } from '../../../../src/install/gate/unit-settings.ts';
import { word } from '../../../../src/render/quoting.ts';

const UNIT = `[Unit]
OnFailure=one.service two@%n.service
OnFailure=three-%p.target
[Service]
User=a
ExecPaths=/one
ExecPaths=
ExecPaths=/two \\
# not this
  /three
RemoveIPC=yes
[Other]
User=b
RemoveIPC=no
`;

describe('settings of a unit', () => {
  test('are those of its section, after the last reset', () => {
    expect(settings(UNIT, 'Service', 'User')).toEqual(['a']);
    expect(settings(UNIT, 'Service', 'ExecPaths').flatMap(words)).toEqual(['/two', '/three']);
    expect(settings(UNIT, 'Service', 'Group')).toEqual([]);
  });

  test.each([
    ['yes', true],
    ['1', true],
    ['On', true],
    ['no', false],
    ['0', false],
    ['', undefined],
  ])('%j as a boolean', (value, expected) => {
    expect(isOn(`[Service]\nRemoveIPC=${value}\n`, 'Service', 'RemoveIPC')).toBe(expected);
  });
});

test('words are what the template wrote', () => {
  const clean = fc.string({ unit: 'grapheme' }).filter((text) => text !== '' && !/[\x00-\x1f\x7f]/.test(text));
  fc.assert(
    fc.property(fc.array(clean, { minLength: 1 }), (texts) => {
      expect(words(texts.map(word).join(' '))).toEqual(texts);
      expect(words(texts.map((text) => `-${word(text)}`).join(' '))).toEqual(texts.map((text) => `-${text}`));
    }),
  );
});

test('units to start on failure are named as systemd names them', () => {
  expect(failureUnits('my-job.service', UNIT)).toEqual([
    'one.service',
    'two@my-job.service.service',
    'three-my-job.target',
  ]);
  expect(unitFileOf('two@my-job.service.service')).toBe('two@.service');
  expect(unitFileOf('one.service')).toBe('one.service');
});
