import { expect, test } from 'vitest';
import { mountOf, parseMounts } from '../../../../src/install/gate/mounts.ts';

/** As proc(5) has it: optional fields before the hyphen, octal escapes in paths, one mount over another. */
const MOUNTS = parseMounts(`22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=remount-ro
30 22 0:26 / /opt rw,noexec shared:2 master:3 - ext4 /dev/sdb1 rw
31 22 0:27 / /opt rw,relatime - tmpfs tmpfs rw
32 22 0:28 / /srv/two\\040words rw - xfs /dev/sdc1 ro,attr2
33 22 0:29 / /srv/back\\134slash ro - xfs /dev/sdd1 rw
`);

test.each([
  ['/', '/', false, false],
  ['/opt/stellaops', '/opt', false, false],
  ['/optional', '/', false, false],
  ['/srv/two words/x', '/srv/two words', true, false],
  ['/srv/back\\slash', '/srv/back\\slash', true, false],
])('%s lies on the mount at %s', (path, point, isReadOnly, isNoexec) => {
  const mount = mountOf(MOUNTS, path);
  expect(mount?.point).toBe(point);
  expect(mount?.options.includes('ro')).toBe(isReadOnly);
  expect(mount?.options.includes('noexec')).toBe(isNoexec);
});

test('there may be none', () => {
  expect(mountOf(parseMounts(''), '/')).toBeUndefined();
});
