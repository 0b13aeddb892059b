import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { sha256 } from '../../../src/render/sha256.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PROGRAM = join(ROOT, 'dist/cli.cjs');
const SCRIPT = 'generated/devops/scripts/scanner-artifact-boms-retention.sh';
const BUNDLE = 'generated/devops/scripts/lib/hotlookup-runtime.cjs';

let folder: string;
beforeEach(() => {
  folder = makeTemporary('with space ');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (path: string) => join(folder, path);

async function hotlookup(args: readonly string[], environment: Record<string, string> = {}, cwd = folder) {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [PROGRAM, ...args], {
    cwd,
    env: environment,
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

/** Mode and digest of every file and folder below. */
function snapshot(root: string): Record<string, string> {
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    entries.map((path) => {
      const status = lstatSync(join(root, path));
      const contents = status.isFile() ? sha256(readFileSync(join(root, path))) : '';
      return [path, `${status.mode.toString(8)} ${contents}`];
    }),
  );
}

test('--version, from a folder with a space', async () => {
  expect(await hotlookup(['--version'])).toMatchObject({ exitCode: EXIT.done, stderr: '' });
});

test('wrong arguments are exit code 2', async () => {
  expect(await hotlookup(['rendr'])).toMatchObject({ exitCode: EXIT.usage, stdout: '' });
});

test('init, then render with the spec that lies in the working folder', async () => {
  await hotlookup(['render', '--out', 'default']);
  expect((await hotlookup(['init'])).exitCode).toBe(EXIT.done);
  expect((await hotlookup(['init'])).exitCode).toBe(EXIT.refused);
  const rendered = await hotlookup(['render']);
  expect(rendered).toMatchObject({ exitCode: EXIT.done, stderr: expect.stringContaining('spec: hotlookup.yaml') });
  expect(snapshot(at('generated'))).toEqual(snapshot(at('default')));
});

test('a wrong spec is exit code 3 and writes nothing', async () => {
  writeFileSync(at('hotlookup.yaml'), 'partitionSets: []\n');
  expect((await hotlookup(['render'])).exitCode).toBe(EXIT.configuration);
  expect(readdirSync(folder)).toEqual(['hotlookup.yaml']);
});

test('the tree is the same whatever the umask, locale, time zone and working folder are', async () => {
  await hotlookup(['render']);
  const expected = snapshot(at('generated'));
  const variants = [
    { LANG: 'de_DE.UTF-8', LC_ALL: 'tr_TR.UTF-8', TZ: 'Asia/Kathmandu' },
    { LANG: 'C', LC_ALL: 'C', TZ: 'America/Los_Angeles', NO_COLOR: '1', COLUMNS: '20' },
  ];
  for (const [index, variant] of variants.entries()) {
    await hotlookup(['render', '--out', at(`variant ${index}`)], variant, '/');
    expect(snapshot(at(`variant ${index}`))).toEqual(expected);
  }
  await execa(
    'bash',
    ['-c', 'umask 077 && exec "$@"', 'bash', process.execPath, PROGRAM, 'render', '--out', 'private'],
    {
      cwd: folder,
    },
  );
  expect(snapshot(at('private'))).toEqual(expected);
});

test('one changed byte: the check shows it, names the fix and exits 1; the fix fixes it', async () => {
  await hotlookup(['render']);
  const before = snapshot(at('generated'));
  appendFileSync(at(SCRIPT), '#\n');
  const check = await hotlookup(['render', '--check']);
  expect(check.exitCode).toBe(EXIT.differences);
  expect(check.stdout).toMatch(
    /^changed {2}devops\/scripts\/scanner-artifact-boms-retention\.sh: contents differ\n--- generated\//,
  );
  expect(check.stdout.split('\n').at(-1)).toBe('-#');
  expect(check.stderr).toContain('→ hotlookup render');
  expect(await hotlookup(['render'])).toMatchObject({
    stdout: 'updated  devops/scripts/scanner-artifact-boms-retention.sh',
  });
  expect(snapshot(at('generated'))).toEqual(before);
});

test('a changed bundle is told by its digest', async () => {
  await hotlookup(['render']);
  appendFileSync(at(BUNDLE), '\n');
  const { exitCode, stdout } = await hotlookup(['render', '--check']);
  expect(exitCode).toBe(EXIT.differences);
  expect(stdout).toMatch(/^changed {2}\S+hotlookup-runtime\.cjs: sha256 is [0-9a-f]{64}, should be [0-9a-f]{64}$/);
});

test('a lost executable bit and a missing file are differences', async () => {
  await hotlookup(['render']);
  chmodSync(at(SCRIPT), 0o644);
  rmSync(at(BUNDLE));
  const { exitCode, stdout } = await hotlookup(['render', '--check']);
  expect(exitCode).toBe(EXIT.differences);
  expect(stdout.split('\n')).toEqual([
    'missing  devops/scripts/lib/hotlookup-runtime.cjs: rendered, but not there',
    'mode     devops/scripts/scanner-artifact-boms-retention.sh: mode is 0644, should be 0755',
  ]);
});

test('what the spec no longer renders is a difference, and is removed by the next render', async () => {
  const set = (name: string) =>
    `- { name: ${name}, table: a.${name}, ensure: { function: a.${name}_ensure }, retention: false }\n`;
  writeFileSync(at('hotlookup.yaml'), `partitionSets:\n${set('first')}${set('second')}`);
  await hotlookup(['render']);
  writeFileSync(at('hotlookup.yaml'), `partitionSets:\n${set('first')}`);
  const check = await hotlookup(['render', '--check']);
  expect(check.exitCode).toBe(EXIT.differences);
  expect(check.stdout).toContain('stale    devops/scripts/second-ensure-partitions.sh: rendered earlier, not any more');
  await hotlookup(['render']);
  expect(readdirSync(at('generated'), { recursive: true }).filter((path) => `${path}`.includes('second'))).toEqual([]);
  expect((await hotlookup(['render', '--check'])).exitCode).toBe(EXIT.done);
});

test('foreign files are noted and left alone; one in the way is exit code 7 and nothing is written', async () => {
  mkdirSync(at('generated/devops/scripts'), { recursive: true });
  writeFileSync(at('generated/notes.txt'), 'mine');
  writeFileSync(at(SCRIPT), 'mine');
  const before = snapshot(at('generated'));
  const refused = await hotlookup(['render']);
  expect(refused.exitCode).toBe(EXIT.refused);
  expect(refused.stderr).toContain('devops/scripts/scanner-artifact-boms-retention.sh: not generated by hotlookup');
  expect(snapshot(at('generated'))).toEqual(before);
  rmSync(at(SCRIPT));
  await hotlookup(['render']);
  expect(await hotlookup(['render', '--check'])).toMatchObject({
    exitCode: EXIT.done,
    stderr: expect.stringContaining("not hotlookup's, left alone: notes.txt"),
  });
});

test('a symbolic link that leads out of the folder is refused', async () => {
  mkdirSync(at('elsewhere'));
  mkdirSync(at('generated'));
  symlinkSync(at('elsewhere'), at('generated/devops'));
  const { exitCode, stderr } = await hotlookup(['render']);
  expect(exitCode).toBe(EXIT.refused);
  expect(stderr).toContain('devops is a symbolic link');
  expect(readdirSync(at('elsewhere'))).toEqual([]);
});

test('a damaged manifest is exit code 7 and says what to do', async () => {
  await hotlookup(['render']);
  const manifest = at('generated/MANIFEST.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"devops/', '"../devops/'));
  const { exitCode, stderr } = await hotlookup(['render']);
  expect(exitCode).toBe(EXIT.refused);
  expect(stderr).toMatch(
    /MANIFEST\.json is damaged: artifacts\[0\]\.path is "\.\.\/devops.*\n→ Restore it from version control/,
  );
});

test('a check tells a damaged manifest as a difference, with the way out', async () => {
  await hotlookup(['render']);
  const manifest = at('generated/MANIFEST.json');
  appendFileSync(manifest, '}');
  const check = await hotlookup(['render', '--check']);
  expect(check.exitCode).toBe(EXIT.differences);
  expect(check.stdout).toMatch(/^changed {2}MANIFEST\.json: contents differ\n--- generated\/MANIFEST\.json\n/);
  expect(check.stderr).toContain(
    'MANIFEST.json is damaged: it is not JSON\n→ Restore it from version control, or delete it',
  );
  rmSync(manifest);
  await hotlookup(['render']);
  expect((await hotlookup(['render', '--check'])).exitCode).toBe(EXIT.done);
});

test('a folder that may not be written is exit code 5', async () => {
  mkdirSync(at('sealed'), { mode: 0o555 });
  // Permissions do not stop root; a kernel's folder does.
  const sealed = process.getuid?.() === 0 ? '/proc/self' : at('sealed');
  const { exitCode, stderr } = await hotlookup(['render', '--out', `${sealed}/generated`]);
  expect(exitCode).toBe(EXIT.missing);
  expect(stderr).toMatch(/hotlookup: cannot (make|write) /);
});

test('a reader that closes the pipe is no failure', async () => {
  await hotlookup(['render']);
  for (const path of readdirSync(at('generated/devops/scripts/systemd')))
    appendFileSync(at(`generated/devops/scripts/systemd/${path}`), `${'# line\n'.repeat(20_000)}`);
  const { stdout, stderr } = await execa(
    'bash',
    [
      '-c',
      'set -o pipefail; "$@" | head -n 1; echo "exit code $?"',
      'bash',
      process.execPath,
      PROGRAM,
      'render',
      '--check',
    ],
    { cwd: folder },
  );
  expect(stdout.split('\n').at(-1)).toBe('exit code 1');
  expect(stderr).not.toContain('EPIPE');
});

test.runIf(existsSync('/dev/full'))('output that a full disk swallows is exit code 5', async () => {
  const write = (stream: string, ...args: string[]) =>
    execa('bash', ['-c', `exec "$@" ${stream}>/dev/full`, 'bash', process.execPath, PROGRAM, ...args], {
      reject: false,
    });
  expect(await write('1', 'schema')).toMatchObject({
    exitCode: EXIT.missing,
    stderr: expect.stringMatching(/^hotlookup: cannot write to stdout: ENOSPC: .*$/),
  });
  expect((await write('2', 'rendr')).exitCode).toBe(EXIT.usage);
});

test('the committed tree is what the built-in default renders', async () => {
  expect(await hotlookup(['render', '--check'], {}, ROOT)).toMatchObject({
    exitCode: EXIT.done,
    stdout: '',
  });
});

test('the packed program renders the same tree without a node_modules of its own', async () => {
  // Without scripts: `prepare` would build into the dist that other tests are running from.
  const packed = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: ROOT,
  });
  const [{ filename }] = JSON.parse(packed.toString());
  writeFileSync(at('package.json'), '{}');
  await execa('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', `./${filename}`], {
    cwd: folder,
  });
  expect(readdirSync(at('node_modules')).filter((name) => !name.startsWith('.'))).toEqual(['hotlookup']);
  await execa(at('node_modules/.bin/hotlookup'), ['render'], { cwd: folder });
  await hotlookup(['render', '--out', 'unpacked']);
  expect(snapshot(at('generated'))).toEqual(snapshot(at('unpacked')));
}, 120_000);
