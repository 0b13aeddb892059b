import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tmpfiles } from '../../../src/render/quoting.ts';
import { render } from '../../../src/render/render.ts';
import { specSchema } from '../../../src/spec/schema.ts';
import { hostileText, samples } from '../../harness/render/hostile.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

/** It comes with systemd, as systemd-analyze does. */
const TMPFILES = { root: true, programs: ['systemd-tmpfiles'] };

/** Below the root that it is given, it asks that root's files for names of users and groups. */
describeNeeding(TMPFILES, 'systemd-tmpfiles', () => {
  let root: string;
  beforeEach(() => {
    root = makeTemporary('tmpfiles');
    mkdirSync(join(root, 'etc'));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\nscrape:x:4321:\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const create = async (lines: string) => {
    const file = join(root, 'etc/test.conf');
    writeFileSync(file, lines);
    const { exitCode, stderr } = await execa('systemd-tmpfiles', [`--root=${root}`, '--create', file], {
      reject: false,
    });
    return { exitCode, stderr };
  };

  test('makes folders of a thousand hostile names', async () => {
    const names = samples(hostileText({ lines: false }))
      .map((text) => text.replaceAll('/', '_').slice(0, 60))
      .filter((name) => name !== '' && name !== '.' && name !== '..');
    const unique = [...new Set(names)];
    const lines = unique.map((name) => `d ${tmpfiles(`/m/${name}`)} 2775 - scrape -\n`).join('');
    expect(await create(lines)).toEqual({ exitCode: 0, stderr: '' });
    expect(readdirSync(join(root, 'm')).sort()).toEqual(unique.toSorted());
  });

  test.each(['/var/lib/prometheus/node-exporter', `/srv/it's 100%n/a $HOME "b" \\x`])(
    'makes %s as the spec wants it, and takes it from nobody',
    async (directory) => {
      const artifacts = render(specSchema.parse({ metrics: { directory, group: 'scrape' } }), '');
      const rules = artifacts.find(({ path }) => path.includes('tmpfiles.d'))?.contents ?? '';
      expect(await create(rules)).toEqual({ exitCode: 0, stderr: '' });
      const path = join(root, directory);
      const status = () => {
        const { mode, uid, gid } = statSync(path);
        return { mode: mode & 0o7777, uid, gid };
      };
      expect(status()).toEqual({ mode: 0o2775, uid: 0, gid: 4321 });
      await execa('chown', ['65534', path]);
      expect(await create(rules)).toEqual({ exitCode: 0, stderr: '' });
      expect(status()).toEqual({ mode: 0o2775, uid: 65534, gid: 4321 });
    },
  );

  test('the check itself: a name that is not quoted makes another folder', async () => {
    await create('d /m/100%%x\\x41 0755 - - -\n');
    expect(existsSync(join(root, 'm/100%xx41'))).toBe(true);
  });
});
