import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RawSpec } from '../../../src/spec/schema.ts';
import { createWorkshop, type Workshop } from '../../harness/install/image.ts';
import { listTree } from '../../harness/install/listing.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.dispose());

const TIMERS = ['scanner-artifact-boms-ensure.timer', 'scanner-artifact-boms-retention.timer'];

/** Installs into an image and gives what is told on stderr. */
function install(image: string, { spec = {}, more = '' }: { spec?: RawSpec; more?: string } = {}): string {
  const { status, stdout, stderr } = workshop.shell(`${workshop.hotlookup('install', spec)} --root '${image}' ${more}`);
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
  return stdout + stderr;
}

/** The links of enabled units, as they are written. */
const enablement = (image: string) => Object.entries(listTree(image)).filter(([path]) => path.includes('.wants'));

describe('an image', () => {
  test('gets files, links and a record, and no environment file', () => {
    const image = workshop.image('image');
    const told = install(image);
    const tree = listTree(image);
    for (const timer of TIMERS)
      expect(readlinkSync(join(image, 'etc/systemd/system/timers.target.wants', timer))).toBe(
        `/etc/systemd/system/${timer}`,
      );
    expect(tree['/opt/stellaops/devops/scripts/scanner-artifact-boms-retention.sh']?.mode).toBe('755');
    expect(tree['/var/lib/hotlookup/scanner-artifact-boms.json']?.mode).toBe('644');
    expect(tree['/etc/stellaops']).toBeUndefined();
    expect(told).toContain('/etc/stellaops/scanner-hotlookup.env');
    expect(readFileSync(join(image, 'var/lib/hotlookup/scanner-artifact-boms.json'), 'utf8')).not.toContain(image);
  });

  test('is as before after an uninstall', () => {
    const image = workshop.image('image');
    const before = listTree(image);
    install(image);
    expect(listTree(image)).not.toEqual(before);
    expect(workshop.shell(`${workshop.hotlookup('uninstall')} --root '${image}'`)).toMatchObject({ status: 0 });
    expect(listTree(image)).toEqual(before);
  });

  test('is not written a second time', () => {
    const image = workshop.image('image');
    install(image);
    const times = () => workshop.shell(`find '${image}' -printf '%p %T@ %C@\\n' | sort`).stdout;
    const before = times();
    expect(install(image)).toContain('nothing to do');
    expect(times()).toBe(before);
  });

  test('that is no folder is wrong usage', () => {
    const ran = workshop.shell(`${workshop.hotlookup('install')} --root '${workshop.path('nowhere')}'`);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('is not a folder');
  });
});

/** Where units may lie, each with what makes the image so. */
const LAYOUTS: ReadonlyArray<readonly [what: string, spec: RawSpec, fill: string]> = [
  ['units in /etc', {}, ''],
  ["units beside the distribution's", { unitsDir: '/usr/lib/systemd/system' }, ''],
  [
    // A relative link: systemctl follows an absolute one out of the image.
    '/etc/systemd/system elsewhere',
    {},
    'mkdir -p usr/local/etc/systemd; rmdir etc/systemd/system; ln -s ../../usr/local/etc/systemd etc/systemd/system',
  ],
];

describeNeeding(
  { programs: ['systemctl', 'systemd-analyze'] },
  'timers of an image are enabled as systemctl does it',
  () => {
    test.each(LAYOUTS)('%s: the same links', (_, spec, fill) => {
      const ours = workshop.image('ours', fill);
      const theirs = workshop.image('theirs', fill);
      install(ours, { spec });
      install(theirs, { spec, more: '--no-enable' });
      expect(enablement(theirs)).toEqual([]);
      expect(workshop.shell(`systemctl --root='${theirs}' --quiet enable ${TIMERS.join(' ')}`)).toMatchObject({
        status: 0,
      });
      expect(enablement(theirs)).toHaveLength(3);
      expect(enablement(ours)).toEqual(enablement(theirs));
    });

    test.each(LAYOUTS)('%s: systemctl finds them enabled', (_, spec, fill) => {
      const image = workshop.image('image', fill);
      install(image, { spec });
      const { stdout } = workshop.shell(`systemctl --root='${image}' is-enabled ${TIMERS.join(' ')}`);
      expect(stdout).toBe('enabled\nenabled\n');
    });

    test.each(LAYOUTS)('%s: a preset gives the same links at the first boot', (_, spec, fill) => {
      const links = workshop.image('links', fill);
      const preset = workshop.image('preset', fill);
      install(links, { spec });
      install(preset, { spec, more: '--preset' });
      expect(enablement(preset)).toEqual([]);
      // As distributions have it that enable nothing by themselves.
      workshop.shell(
        `mkdir -p '${preset}/usr/lib/systemd/system-preset'; echo 'disable *' >'${preset}/usr/lib/systemd/system-preset/99-default-disable.preset'`,
      );
      expect(workshop.shell(`systemctl --root='${preset}' --quiet preset-all`)).toMatchObject({ status: 0 });
      expect(enablement(preset)).toEqual(enablement(links));
    });

    test('systemd accepts the units where they lie', () => {
      const image = workshop.image('image');
      install(image);
      const { status, stdout, stderr } = workshop.shell(
        `systemd-analyze --root='${image}' --man=no --recursive-errors=yes verify ${TIMERS.join(' ')}`,
      );
      expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    });

    test('with a preset, an uninstall leaves nothing', () => {
      const image = workshop.image('image');
      const before = listTree(image);
      install(image, { more: '--preset' });
      expect(existsSync(join(image, 'usr/lib/systemd/system-preset'))).toBe(true);
      expect(workshop.shell(`${workshop.hotlookup('uninstall')} --root '${image}'`)).toMatchObject({ status: 0 });
      expect(listTree(image)).toEqual(before);
    });
  },
);
