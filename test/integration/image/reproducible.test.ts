import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkshop, type Workshop } from '../../harness/install/image.ts';

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.dispose());

const EPOCH = '1700000000';

/** Installs into an image in a folder of its own; gives a digest of names, contents, modes, owners and times. */
function build(folder: string, options: string, environment: Record<string, string>): string {
  const image = workshop.image(folder);
  const ran = workshop.shell(`${workshop.hotlookup('install')} --root '${image}' ${options}`, environment);
  expect(ran).toMatchObject({ status: 0 });
  return workshop.shell(`tar --create --sort=name --numeric-owner -C '${image}' . | sha256sum`).stdout;
}

describe('two images with SOURCE_DATE_EPOCH are the same bytes', () => {
  test.each(['', '--preset'])('install %s', (options) => {
    const first = build('one', options, { SOURCE_DATE_EPOCH: EPOCH });
    const second = build('a longer name', options, {
      SOURCE_DATE_EPOCH: EPOCH,
      TZ: 'Pacific/Kiritimati',
      LC_ALL: 'C.UTF-8',
      HOME: '/nowhere',
    });
    expect(second).toBe(first);
  });

  test('after an uninstall too', () => {
    const digests = ['one', 'two'].map((name) => {
      build(name, '', { SOURCE_DATE_EPOCH: EPOCH });
      const image = workshop.path(name);
      workshop.shell(`${workshop.hotlookup('uninstall')} --root '${image}'`, { SOURCE_DATE_EPOCH: EPOCH });
      return workshop.shell(`tar --create --sort=name --numeric-owner -C '${image}' . | sha256sum`).stdout;
    });
    expect(digests[1]).toBe(digests[0]);
  });
});

describe('SOURCE_DATE_EPOCH', () => {
  const modified = (image: string, path: string) => statSync(join(image, path)).mtimeMs / 1000;

  test('is the time of what is written and of the folders that got it, and of nothing else', () => {
    build('image', '', { SOURCE_DATE_EPOCH: EPOCH });
    const image = workshop.path('image');
    const { files } = JSON.parse(readFileSync(join(image, 'var/lib/hotlookup/scanner-artifact-boms.json'), 'utf8'));
    const paths: string[] = files.map(({ path }: { path: string }) => path);
    expect(paths.length).toBeGreaterThan(8);
    for (const path of [
      ...paths,
      '/opt',
      '/opt/stellaops',
      '/etc/systemd/system',
      '/var/lib/hotlookup/scanner-artifact-boms.json',
      '/var/lib',
    ])
      expect([path, modified(image, path)]).toEqual([path, Number(EPOCH)]);
    for (const path of ['/', '/usr/bin', '/etc/nsswitch.conf'])
      expect([path, modified(image, path)]).toEqual([path, 1_000_000_000]);
    expect(workshop.shell(`find '${image}' -newermt @${EPOCH}`).stdout).toBe('');
  });

  test.each(['yesterday', '-1', '1.5'])('%s is wrong usage', (value) => {
    const image = workshop.image('image');
    const { status, stderr } = workshop.shell(`${workshop.hotlookup('install')} --root '${image}'`, {
      SOURCE_DATE_EPOCH: value,
    });
    expect(status).toBe(2);
    expect(stderr).toContain('SOURCE_DATE_EPOCH');
  });

  test('that is not set leaves times alone', () => {
    const start = Date.now() / 1000 - 2;
    build('image', '', {});
    expect(modified(workshop.path('image'), '/opt/stellaops')).toBeGreaterThan(start);
  });
});
