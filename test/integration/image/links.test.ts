import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkshop, type Workshop } from '../../harness/install/image.ts';
import { listTree } from '../../harness/install/listing.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

let workshop: Workshop;
beforeEach(() => {
  workshop = createWorkshop();
});
afterEach(() => workshop.dispose());

const run = (verb: string, image: string, before = '') =>
  workshop.shell(`${before} ${workshop.hotlookup(verb)} --root '${image}'`);

const SCRIPT = 'devops/scripts/scanner-artifact-boms-retention.sh';

describe('links in an image are followed inside it', () => {
  const PLACES = [
    ['/opt', '/srv/opt', `srv/opt/stellaops/${SCRIPT}`],
    ['/opt', '../../../../../../srv/opt', `srv/opt/stellaops/${SCRIPT}`],
    ['/opt', '/etc', `etc/stellaops/${SCRIPT}`],
    ['/etc/systemd/system', '/usr/local/etc/systemd', 'usr/local/etc/systemd/scanner-artifact-boms-ensure.timer'],
    ['/var/lib', '/srv/state', 'srv/state/hotlookup/scanner-artifact-boms.json'],
  ] as const;

  test.each(PLACES)('%s → %s', (link, target, file) => {
    const image = workshop.image(
      'image',
      `mkdir -p srv/opt srv/state usr/local/etc/systemd; rm -r '.${link}'; ln -s '${target}' '.${link}'`,
    );
    const before = listTree(image);
    const beside = listTree(workshop.folder);
    expect(run('install', image)).toMatchObject({ status: 0 });
    expect(existsSync(join(image, file))).toBe(true);
    expect(run('uninstall', image)).toMatchObject({ status: 0 });
    expect(listTree(image)).toEqual(before);
    const { [`/spec-1.yaml`]: _install, [`/spec-2.yaml`]: _uninstall, ...after } = listTree(workshop.folder);
    expect(after).toEqual(beside);
  });
});

describe('links that would lead to the host', () => {
  /** Folders of the host that an image's links name. */
  const HOST = ['opt', 'units', 'state'];
  let host: string;
  beforeEach(() => {
    host = workshop.path('host');
    for (const name of HOST) mkdirSync(join(host, name), { recursive: true });
  });

  const LINKS: ReadonlyArray<readonly [what: string, fill: (folder: string) => string]> = [
    ['the folder of scripts', (folder) => `rmdir opt; ln -s '${folder}/opt' opt`],
    ['a folder further in', (folder) => `ln -s '${folder}/opt' opt/stellaops`],
    ['the folder of units', (folder) => `rmdir etc/systemd/system; ln -s '${folder}/units' etc/systemd/system`],
    ['the folder of enabled timers', (folder) => `ln -s '${folder}/units' etc/systemd/system/timers.target.wants`],
    ['the folder of the record', (folder) => `rmdir var/lib; ln -s '${folder}/state' var/lib`],
    ['a link through /proc', (folder) => `rmdir opt; ln -s '/proc/self/root${folder}/opt' opt`],
    ['a link with many steps up', (folder) => `rmdir opt; ln -s '${'../'.repeat(40)}${folder.slice(1)}/opt' opt`],
    ['a link to itself', () => 'rmdir opt; ln -s opt opt'],
  ];

  test.each(LINKS)('lead nowhere: %s', (_, fill) => {
    const image = workshop.image('image', fill(host));
    const before = [listTree(image), listTree(host)];
    const { status, stderr } = run('install', image);
    expect(status).toBe(7);
    expect(stderr).toMatch(/link that leads to none/);
    expect([listTree(image), listTree(host)]).toEqual(before);
  });

  test('and exist in the image too lead there', () => {
    const image = workshop.image('image', `rmdir opt; ln -s '${host}/opt' opt; mkdir -p '.${host}/opt'`);
    const before = listTree(host);
    expect(run('install', image)).toMatchObject({ status: 0 });
    expect(existsSync(join(image, host, 'opt/stellaops', SCRIPT))).toBe(true);
    expect(listTree(host)).toEqual(before);
  });

  test('and came after the install keep an uninstall inside', () => {
    const image = workshop.image('image');
    expect(run('install', image)).toMatchObject({ status: 0 });
    workshop.shell(
      `mv '${image}/opt/stellaops' '${host}/opt/stellaops'; ln -s '${host}/opt/stellaops' '${image}/opt/stellaops'`,
    );
    const before = listTree(host);
    expect(Object.keys(before)).toContain(`/opt/stellaops/${SCRIPT}`);
    run('uninstall', image);
    expect(listTree(host)).toEqual(before);
    expect(existsSync(join(image, 'etc/systemd/system/scanner-artifact-boms-ensure.timer'))).toBe(false);
  });

  test('in the place of files are not written through', () => {
    const victim = join(host, 'opt/victim');
    const image = workshop.image(
      'image',
      `printf precious >'${victim}'; ln -s '${victim}' etc/systemd/system/scanner-artifact-boms-ensure.timer`,
    );
    const before = [listTree(image), listTree(host)];
    const { status, stderr } = run('install', image);
    expect(status).toBe(7);
    expect(stderr).toContain(`is a link to ${victim}`);
    expect([listTree(image), listTree(host)]).toEqual(before);
  });
});

describeNeeding({ programs: ['strace'] }, 'system calls that change files', () => {
  const CHANGING = 'mkdir,mkdirat,rmdir,unlink,unlinkat,rename,renameat,renameat2,symlink,symlinkat,link,linkat';
  const CHANGING_TOO = 'chmod,fchmodat,chown,lchown,fchownat,utimensat,truncate,mknod,mknodat';

  test('name nothing outside of the image but the temporary folder', () => {
    const image = workshop.image('image', 'mkdir srv/opt; rmdir opt; ln -s /srv/opt opt');
    const temporary = workshop.path('temporary');
    mkdirSync(temporary);
    const trace = workshop.path('trace');
    const traced = `TMPDIR='${temporary}' strace -qq -s 4096 -o '${trace}' -e trace=open,openat,creat,${CHANGING},${CHANGING_TOO}`;
    expect(run('install', image, traced)).toMatchObject({ status: 0 });
    const calls = readFileSync(trace, 'utf8').split('\n');
    const changes = calls.filter(
      (call) => !call.includes(' = -1 ') && (!/^open(?:at)?\(/.test(call) || /O_CREAT|O_TRUNC/.test(call)),
    );
    // What a link says is no path that is changed.
    const paths = changes.flatMap((call) =>
      [...call.replace(/^symlink\("[^"]*"/, '').matchAll(/"([^"]*)"/g)].map(([, path = '']) => path),
    );
    expect(paths.length).toBeGreaterThan(50);
    expect(
      paths.filter((path) => !path.startsWith(`${image}/`) && path !== image && !path.startsWith(temporary)),
    ).toEqual([]);
  });
});
