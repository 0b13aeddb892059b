import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkshop, type Workshop } from '../../harness/install/image.ts';
import { listTree } from '../../harness/install/listing.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

const isRoot = process.getuid?.() === 0;
/** Somebody who is not root: the one who runs the tests, or nobody. */
const USER = isRoot ? 65_534 : (process.getuid?.() ?? 0);
const AS_USER = isRoot ? `setpriv --reuid=${USER} --regid=${USER} --clear-groups` : 'env';

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.dispose());

function image(name = 'image'): string {
  const folder = workshop.image(name);
  if (isRoot) workshop.shell(`chown -hR ${USER}:${USER} '${folder}'`);
  return folder;
}

const SCRIPT = 'opt/stellaops/devops/scripts/scanner-artifact-boms-retention.sh';
const run = (verb: string, folder: string, before: string) =>
  workshop.shell(`${before} ${workshop.hotlookup(verb)} --root '${folder}'`);

describeNeeding({ programs: isRoot ? ['setpriv'] : [] }, 'a plain user', () => {
  test('makes an image of their own, and gets it back as it was', () => {
    const folder = image();
    const before = listTree(folder);
    expect(run('install', folder, AS_USER)).toMatchObject({ status: 0 });
    const after = listTree(folder);
    expect(after[`/${SCRIPT}`]).toMatchObject({ mode: '755', owner: `${USER}:${USER}` });
    expect(new Set(Object.values(after).map(({ owner }) => owner))).toEqual(new Set([`${USER}:${USER}`]));
    expect(run('install', folder, AS_USER).stdout + run('install', folder, AS_USER).stderr).toContain('nothing to do');
    expect(run('uninstall', folder, AS_USER)).toMatchObject({ status: 0 });
    expect(listTree(folder)).toEqual(before);
  });
});

describeNeeding({ root: true, programs: ['setpriv'] }, 'an image of somebody else', () => {
  test("has root's folders, which a plain user cannot write: told before anything is written", () => {
    const folder = image();
    chownSync(join(folder, 'opt'), 0, 0);
    const before = listTree(folder);
    const { status, stderr } = run('install', folder, AS_USER);
    expect(status).toBe(7);
    expect(stderr).toContain(`this user cannot write ${join(folder, 'opt')}`);
    expect(listTree(folder)).toEqual(before);
  });

  test("is all root's, which is told to a plain user before anything is written", () => {
    const folder = workshop.image('image');
    const before = listTree(folder);
    const { status, stderr } = run('install', folder, AS_USER);
    expect(status).toBe(7);
    expect(stderr).toContain(`this user cannot write ${join(folder, 'opt')}`);
    expect(stderr).toContain('make the image under fakeroot');
    expect(listTree(folder)).toEqual(before);
  });

  test.each([
    ['root', '', 'chown root'],
    ['a plain user', AS_USER, `sudo chown ${USER}`],
  ])("is all a third user's, who could replace what %s installs: refused before anything is written", (_, as, fix) => {
    const folder = workshop.image('image');
    workshop.shell(`chown -hR 12345:12345 '${folder}'`);
    const before = listTree(folder);
    const { status, stderr } = run('install', folder, as);
    expect(status).toBe(7);
    for (const place of ['', '/opt', '/etc/systemd/system']) {
      expect(stderr).toContain(`${folder}${place} belongs to uid 12345: what the jobs run could be replaced there`);
      expect(stderr).toContain(`→ ${fix} ${folder}${place}\n`);
    }
    expect(listTree(folder)).toEqual(before);
  });

  test("may be root's but for the folders that get files, which are the caller's", () => {
    const folder = image();
    for (const path of ['', 'etc', 'var']) chownSync(join(folder, path), 0, 0);
    expect(run('install', folder, AS_USER)).toMatchObject({ status: 0 });
  });

  test.each([
    [
      'belongs to another user',
      'belongs to uid 12345',
      'chown root',
      () => chownSync(join(workshop.path('image'), 'opt'), 12_345, 0),
    ],
    [
      'can be written by its group',
      'can be written by its group',
      'chmod go-w',
      () => chmodSync(join(workshop.path('image'), 'opt'), 0o775),
    ],
    [
      'can be written by everybody',
      'can be written by its group and everybody',
      'chmod go-w',
      () => chmodSync(join(workshop.path('image'), 'opt'), 0o777),
    ],
    [
      'is like /tmp',
      'can be written by its group and everybody',
      'Choose a folder outside of',
      () => chmodSync(join(workshop.path('image'), 'opt'), 0o1777),
    ],
  ])('is refused if a folder on the way %s', (_, found, fix, spoil) => {
    const folder = workshop.image('image');
    spoil();
    const before = listTree(folder);
    const { status, stderr } = run('install', folder, '');
    expect(status).toBe(7);
    expect(stderr).toContain(`${join(folder, 'opt')} ${found}`);
    expect(stderr).toContain(fix);
    expect(listTree(folder)).toEqual(before);
  });

  test('is refused if a link leads through such a folder', () => {
    const folder = workshop.image(
      'image',
      'mkdir -p srv/shared/opt; chmod 777 srv/shared; rmdir opt; ln -s /srv/shared/opt opt',
    );
    const { status, stderr } = run('install', folder, '');
    expect(status).toBe(7);
    expect(stderr).toContain(`${join(folder, 'srv/shared')} can be written`);
  });
});

describeNeeding({ programs: ['fakeroot', ...(isRoot ? ['setpriv'] : [])] }, 'under fakeroot', () => {
  /** Installs and packs in one fakeroot, whose memory of owners ends with it. */
  function pack(name: string): string {
    const folder = image(name);
    const { status, stderr } = workshop.shell(`${AS_USER} fakeroot -- sh -ec "$SCRIPT" >'${name}.tar'`, {
      SCRIPT: `${workshop.hotlookup('install')} --root '${folder}' >&2; tar --create --sort=name --numeric-owner -C '${folder}' .`,
      SOURCE_DATE_EPOCH: '1700000000',
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    return workshop.path(`${name}.tar`);
  }

  test("an image's files are root's in what is packed from it", () => {
    const packed = pack('image');
    const { stdout } = workshop.shell(`tar --list --verbose --numeric-owner --file '${packed}'`);
    const entries = stdout.split('\n').filter((line) => line !== '');
    expect(entries.length).toBeGreaterThan(20);
    expect(entries.filter((entry) => !/^\S+ 0\/0 /.test(entry))).toEqual([]);
    expect(entries.find((entry) => entry.endsWith(SCRIPT))).toMatch(/^-rwxr-xr-x 0\/0 /);
    expect(listTree(workshop.path('image'))[`/${SCRIPT}`]?.owner).toBe(`${USER}:${USER}`);
  });

  test('two images are the same bytes', () => {
    const [one, two] = ['one', 'another'].map((name) => readFileSync(pack(name)));
    expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
  });
});
