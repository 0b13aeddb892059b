import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import type { HostFiles } from '../../../src/install/host/host.ts';
import { createHostFiles } from '../../../src/io/host-files.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

let parent = '';
/** The image. What lies beside it in `parent` is the host, which must stay as it is. */
let root = '';
let files: HostFiles;

beforeEach(() => {
  parent = realpathSync(mkdtempSync(join(tmpdir(), 'hotlookup-files-')));
  root = join(parent, 'image');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(parent, 'secret'), 'of the host');
  files = createHostFiles(root);
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const code = (act: () => unknown): unknown => {
  try {
    act();
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
  return 'no error';
};

describe('links', () => {
  test('an absolute link leads to a place in the image', () => {
    mkdirSync(join(root, 'usr/lib'), { recursive: true });
    symlinkSync('/usr/lib', join(root, 'lib'));
    files.createFile('/lib/unit', Buffer.from('x'), 0o644);
    expect(readFileSync(join(root, 'usr/lib/unit'), 'utf8')).toBe('x');
  });

  test.each([
    ['the path', '/../../secret'],
    ['a relative link', '/up/secret'],
    ['a link to a link', '/twice/secret'],
  ])('%s does not leave the image', (_, path) => {
    symlinkSync('../../..', join(root, 'up'));
    symlinkSync('etc/../up/../../', join(root, 'twice'));
    expect(files.read(path)).toBeUndefined();
    files.createFile(path, Buffer.from('of the image'), 0o600);
    expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('of the image');
    expect(readFileSync(join(parent, 'secret'), 'utf8')).toBe('of the host');
  });

  test('an absolute link to the host leads nowhere', () => {
    symlinkSync(parent, join(root, 'out'));
    expect(files.read('/out/secret')).toBeUndefined();
    expect(code(() => files.createFile('/out/secret', Buffer.from(''), 0o600))).toBe('ENOENT');
  });

  test('links that go round in a circle are an error', () => {
    symlinkSync('b', join(root, 'a'));
    symlinkSync('/a', join(root, 'b'));
    expect(code(() => files.read('/a/x'))).toBe('ELOOP');
    expect(code(() => files.list('/a'))).toBe('ELOOP');
  });

  test('the last part is seen and changed itself', () => {
    symlinkSync('/secret', join(root, 'last'));
    symlinkSync(join(parent, 'secret'), join(root, 'host'));
    expect(files.status('/last')?.type).toBe('link');
    expect(files.readLink('/last')).toBe('/secret');
    expect(code(() => files.read('/host'))).toBe('ELOOP');
    expect(code(() => files.changeMode('/host', 0o777))).toBe('ELOOP');
    expect(code(() => files.createFile('/host', Buffer.from(''), 0o644))).toBe('EEXIST');
    files.addName('/host', '/other');
    expect(lstatSync(join(root, 'other')).isSymbolicLink()).toBe(true);
    files.remove('/host');
    expect(readFileSync(join(parent, 'secret'), 'utf8')).toBe('of the host');
    expect(statSync(join(parent, 'secret')).mode & 0o777).not.toBe(0o777);
  });

  test('a folder is listed through links that lead inside', () => {
    symlinkSync('/etc', join(root, 'conf'));
    symlinkSync(parent, join(root, 'host'));
    writeFileSync(join(root, 'etc/b'), '');
    writeFileSync(join(root, 'etc/a'), '');
    expect(files.list('/conf')).toEqual(['a', 'b']);
    expect(files.list('/host')).toEqual([]);
  });
});

describe('what is made', () => {
  test('has exactly the mode that was asked for, whatever the umask is', () => {
    const before = process.umask(0o077);
    try {
      files.createFile('/etc/file', Buffer.from('text'), 0o755);
      files.makeDirectory('/etc/folder', 0o755);
    } finally {
      process.umask(before);
    }
    expect(files.status('/etc/file')).toMatchObject({ type: 'file', mode: 0o755 });
    expect(files.status('/etc/folder')).toMatchObject({ type: 'directory', mode: 0o755 });
  });

  test('replaces nothing', () => {
    files.createFile('/etc/file', Buffer.from('one'), 0o644);
    expect(code(() => files.createFile('/etc/file', Buffer.from('two'), 0o644))).toBe('EEXIST');
    expect(code(() => files.createLink('/etc/file', 'x'))).toBe('EEXIST');
    expect(code(() => files.makeDirectory('/etc', 0o755))).toBe('EEXIST');
    expect(files.read('/etc/file')?.toString()).toBe('one');
  });

  test('a second name keeps what the first one held', () => {
    files.createFile('/etc/file', Buffer.from('one'), 0o640);
    files.addName('/etc/file', '/etc/kept');
    files.createFile('/etc/new', Buffer.from('two'), 0o644);
    files.rename('/etc/new', '/etc/file');
    expect(files.read('/etc/kept')?.toString()).toBe('one');
    expect(files.read('/etc/file')?.toString()).toBe('two');
  });
});

describe('what is there', () => {
  test('nothing is nothing, also below a file', () => {
    writeFileSync(join(root, 'etc/file'), '');
    expect(files.status('/no/where')).toBeUndefined();
    expect(files.status('/etc/file/below')).toBeUndefined();
    expect(files.status('/etc/file/below/deep')).toBeUndefined();
    expect(files.read('/no/where')).toBeUndefined();
    expect(files.list('/no/where')).toEqual([]);
  });

  test('a pipe does not make it wait', () => {
    execFileSync('mkfifo', [join(root, 'etc/pipe')]);
    expect(files.status('/etc/pipe')?.type).toBe('other');
    expect(files.read('/etc/pipe')?.length).toBe(0);
  });

  test('only an empty folder is removed', () => {
    writeFileSync(join(root, 'etc/file'), '');
    expect(code(() => files.removeDirectory('/etc'))).toBe('ENOTEMPTY');
    files.remove('/etc/file');
    files.syncDirectory('/etc');
    files.removeDirectory('/etc');
    expect(files.status('/etc')).toBeUndefined();
  });

  test('what the system refuses is told with the path, and keeps its code', () => {
    writeFileSync(join(root, 'etc/file'), '');
    expect(() => files.list('/etc/file')).toThrow(
      expect.objectContaining({
        exitCode: EXIT.missing,
        code: 'ENOTDIR',
        message: 'cannot list /etc/file: a part of the path is not a folder',
      }),
    );
  });

  test('a time comes back to the millisecond', () => {
    files.createFile('/etc/file', Buffer.from(''), 0o644);
    const before = files.modified('/etc/file');
    files.changeModified('/etc/file', 1_600_000_000_123);
    expect(Math.round(files.modified('/etc/file'))).toBe(1_600_000_000_123);
    files.changeModified('/etc/file', before);
    expect(files.modified('/etc/file')).toBeCloseTo(before, 2);
  });

  test('set-ID bits are seen and set', () => {
    writeFileSync(join(root, 'etc/file'), '');
    chmodSync(join(root, 'etc/file'), 0o4755);
    linkSync(join(root, 'etc/file'), join(root, 'etc/same'));
    expect(files.status('/etc/file')?.mode).toBe(0o4755);
    files.changeMode('/etc/file', 0o2750);
    expect(files.status('/etc/same')?.mode).toBe(0o2750);
  });
});

describeNeeding({ root: true }, 'owners', () => {
  test('a link is given away itself, not what it leads to', () => {
    writeFileSync(join(root, 'etc/file'), '');
    symlinkSync('file', join(root, 'etc/link'));
    files.changeOwner('/etc/link', 12, 34);
    expect(files.status('/etc/link')).toMatchObject({ uid: 12, gid: 34 });
    expect(files.status('/etc/file')).toMatchObject({ uid: 0, gid: 0 });
  });
});

test('with / as the root a path is the path', () => {
  const host = createHostFiles('/');
  expect(host.read(join(parent, 'secret'))?.toString()).toBe('of the host');
  expect(host.list(root)).toEqual(['etc']);
});
