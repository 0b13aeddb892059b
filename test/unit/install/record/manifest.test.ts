import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError, EXIT } from '../../../../src/errors.ts';
import type { InstalledManifest } from '../../../../src/install/record/manifest.ts';
import { parseManifest, serialiseManifest, spellMode } from '../../../../src/install/record/manifest-text.ts';
import { sha256 } from '../../../../src/render/sha256.ts';

const RECORD = '/var/lib/hotlookup/spec.json';

const MANIFEST: InstalledManifest = {
  files: [{ path: '/opt/a b.sh', sha256: sha256('x'), mode: '0755' }],
  directories: ['/opt/a'],
  links: ['/etc/systemd/system/timers.target.wants/a.timer'],
  enabled: ['a.timer'],
  metrics: ['/var/m/a-ensure.prom'],
  environmentFile: { path: '/etc/a.env', created: true },
};

const path = fc
  .array(fc.string({ unit: 'grapheme', minLength: 1 }), { minLength: 1 })
  .map((parts) => `/${parts.join('/')}`)
  .filter((text) => !/[\x00-\x1f\x7f]|\/\/|\/$|\/\.{1,2}(?:\/|$)/.test(text));
const manifest: fc.Arbitrary<InstalledManifest> = fc.record({
  files: fc.array(
    fc.record({
      path,
      sha256: fc.string().map(sha256),
      mode: fc.nat({ max: 0o7777 }).map(spellMode),
    }),
  ),
  directories: fc.array(path),
  links: fc.array(path),
  enabled: fc.array(fc.constantFrom('a.timer', 'a-b.timer')),
  metrics: fc.array(path),
  environmentFile: fc.record({ path, created: fc.boolean() }),
});

test('what is written is read back', () => {
  fc.assert(
    fc.property(manifest, (value) => {
      expect(parseManifest(serialiseManifest(value), RECORD)).toEqual(value);
    }),
  );
});

test('the same manifest gives the same text, whatever the order of its keys', () => {
  const { files, ...rest } = MANIFEST;
  expect(serialiseManifest({ ...rest, files })).toBe(serialiseManifest(MANIFEST));
});

test.each([
  [0o644, '0644'],
  [0o7, '0007'],
  [0o4755, '04755'],
])('mode %i is spelt %s', (mode, text) => {
  expect(spellMode(mode)).toBe(text);
});

describe('a damaged manifest is refused, with what is wrong', () => {
  const refusal = (text: string): AppError => {
    try {
      parseManifest(text, RECORD);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    throw new Error('it was accepted');
  };

  test.each<[string, unknown]>([
    ['files is not a list', { ...MANIFEST, files: undefined }],
    ['path is "/opt/../etc/passwd"', { ...MANIFEST, files: [{ ...MANIFEST.files[0], path: '/opt/../etc/passwd' }] }],
    ['path is "opt"', { ...MANIFEST, files: [{ ...MANIFEST.files[0], path: 'opt' }] }],
    ['sha256 is "00"', { ...MANIFEST, files: [{ ...MANIFEST.files[0], sha256: '00' }] }],
    ['mode is 493', { ...MANIFEST, files: [{ ...MANIFEST.files[0], mode: 0o755 }] }],
    ['directories is "/"', { ...MANIFEST, directories: ['/'] }],
    ['links is "/a\\nb"', { ...MANIFEST, links: ['/a\nb'] }],
    ['enabled is "--now.timer"', { ...MANIFEST, enabled: ['--now.timer'] }],
    ['enabled is "a.service"', { ...MANIFEST, enabled: ['a.service'] }],
    ['created is "yes"', { ...MANIFEST, environmentFile: { path: '/etc/a.env', created: 'yes' } }],
    ['path is undefined', { ...MANIFEST, environmentFile: undefined }],
    ['files is not a list', null],
    ['files is not a list', []],
  ])('%s', (what, value) => {
    const { exitCode, message } = refusal(JSON.stringify(value));
    expect(exitCode).toBe(EXIT.refused);
    expect(message).toBe(`/var/lib/hotlookup/spec.json is damaged: ${what}`);
  });

  test.each(['', '{', '\0'])('%j is not JSON', (text) => {
    expect(refusal(text).message).toContain('it is not JSON');
  });
});
