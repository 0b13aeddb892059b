import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { listTree } from '../../harness/install/listing.ts';

const CLI = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));
const SCRIPT = '/opt/stellaops/devops/scripts/scanner-artifact-boms-retention.sh';
const TIMER = '/etc/systemd/system/scanner-artifact-boms-ensure.timer';
const WANTS = '/etc/systemd/system/timers.target.wants/scanner-artifact-boms-ensure.timer';

let image = '';
beforeEach(() => {
  image = realpathSync(mkdtempSync(join(tmpdir(), 'hotlookup-root-')));
  chmodSync(image, 0o755);
});
afterEach(() => rmSync(image, { recursive: true }));

/** Runs the built program on the image. */
const hotlookup = (verb: string, ...args: string[]) =>
  execa(process.execPath, [CLI, verb, '--root', image, ...args], {
    reject: false,
    cwd: image,
    stripFinalNewline: false,
  });

async function installed(): Promise<void> {
  expect(await hotlookup('install')).toMatchObject({ exitCode: EXIT.done });
}

const edit = (path: string) => appendFileSync(join(image, path), 'exit 1\n');

describe('install', () => {
  test('tells what it did, what it could not check and what is left to a person', async () => {
    const { exitCode, stdout, stderr } = await hotlookup('install');
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toContain(`created   ${SCRIPT} (0755)\n`);
    expect(stdout).toContain(`linked    ${WANTS} to ${TIMER}\n`);
    expect(stdout.match(/hotlookup\/scanner-artifact-boms\.json/g)).toHaveLength(1);
    expect(stdout).toMatch(
      /\nNot checked:\n(?: {2}.+\n)+\nPlease note:\n {2}\/etc\/stellaops\/scanner-hotlookup\.env .+\n$/,
    );
    expect(stderr).toMatch(
      new RegExp(`^spec: the built-in default .*
Looking at ${image}
Checking what would be installed, before anything is written
installed on ${image}: \\d+ steps
$`),
    );
  });

  test('a second time says that there is nothing to do, and asks no gate', async () => {
    await installed();
    const before = listTree(image);
    const { exitCode, stdout, stderr } = await hotlookup('install');
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toMatch(/^nothing to do\n/);
    expect(stderr).not.toContain('Checking');
    expect(listTree(image)).toEqual(before);
  });

  test('as a dry run it shows diffs and writes nothing', async () => {
    await installed();
    const spec = join(image, 'spec.yaml');
    writeFileSync(spec, 'envFile: /etc/other.env\n');
    const before = listTree(image);
    const { exitCode, stdout, stderr } = await hotlookup('install', '--dry-run', '--spec', spec);
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toContain(
      `replace   ${SCRIPT} (0755): is not what the spec renders\n--- ${SCRIPT}\n+++ as rendered\n@@ `,
    );
    expect(stdout).toContain('-  --environment-file /etc/stellaops/scanner-hotlookup.env \\\n');
    expect(stderr).toMatch(/dry run: \d+ steps, none of them done\n$/);
    expect(listTree(image)).toEqual(before);
  });

  test('refuses a file that was edited and shows the edit; --force replaces it and keeps a copy', async () => {
    await installed();
    edit(SCRIPT);
    const before = listTree(image);
    const refused = await hotlookup('install');
    expect(refused).toMatchObject({ exitCode: EXIT.refused, stdout: '' });
    expect(refused.stderr).toContain(
      `nothing was changed, because of this:\n- ${SCRIPT} was edited on this host\n  → `,
    );
    expect(refused.stderr).toContain(`--- as rendered\n+++ ${SCRIPT}\n`);
    expect(refused.stderr).toContain('\n+exit 1\n');
    expect(listTree(image)).toEqual(before);

    const forced = await hotlookup('install', '--force');
    expect(forced.exitCode).toBe(EXIT.done);
    const backup = /^kept {6}\S+ as (\S+)$/m.exec(forced.stdout)?.[1] ?? '';
    expect(readFileSync(join(image, backup), 'utf8')).toMatch(/exit 1\n$/);
    expect(readFileSync(join(image, SCRIPT), 'utf8')).not.toMatch(/exit 1\n$/);

    const diff = await hotlookup('diff', '--json');
    expect(diff).toMatchObject({ exitCode: EXIT.done, stderr: expect.stringContaining(`not needed: ${backup}\n`) });
    expect(JSON.parse(diff.stdout)).toMatchObject({ differences: [], copies: [backup] });
    const { stdout } = await hotlookup('uninstall');
    expect(stdout).toContain(`  ${backup} stays: an install with --force kept it, a copy of an edited file\n`);
    expect(Object.keys(listTree(image)).filter((path) => path.includes('hotlookup'))).toContain(backup);
  });

  test('tells everything that stands in the way at once, from the gate and from the plan', async () => {
    await installed();
    edit(SCRIPT);
    chmodSync(join(image, 'etc/systemd/system'), 0o777);
    const { exitCode, stderr, stdout } = await hotlookup('install', '--json');
    expect(exitCode).toBe(EXIT.refused);
    expect(stderr).toContain('because of these 2 things');
    const { outcome, refused, error } = JSON.parse(stdout);
    expect({ outcome, error }).toMatchObject({ outcome: 'refused', error: { exitCode: EXIT.refused, advice: null } });
    expect(refused).toEqual([
      { found: expect.stringContaining('/etc/systemd/system'), fix: expect.any(String), code: 7 },
      { found: `${SCRIPT} was edited on this host`, fix: expect.any(String), code: 7 },
    ]);
  });

  test('reports as JSON, without what the files say', async () => {
    const report = JSON.parse((await hotlookup('install', '--json')).stdout);
    const lists = ['steps', 'timers', 'notes', 'notChecked', 'refused', 'failedJobs'];
    expect(Object.keys(report)).toEqual([
      'formatVersion',
      'root',
      'outcome',
      'dryRun',
      ...lists,
      'rolledBack',
      'error',
    ]);
    expect(report).toMatchObject({ root: image, outcome: 'done', dryRun: false, timers: [], refused: [], error: null });
    expect(report.steps).toContainEqual({
      do: 'create',
      path: SCRIPT,
      mode: '0755',
      why: expect.any(String),
      diff: null,
    });
    expect(JSON.stringify(report)).not.toContain('OnCalendar');
    const again = JSON.parse((await hotlookup('install', '--json')).stdout);
    expect(again).toMatchObject({ outcome: 'nothing to do', steps: [], error: null });
  });

  test('waits for nobody: while another one has the lock it is exit code 6', async () => {
    const install = [process.execPath, CLI, 'install', '--root', image, '--json'];
    const { exitCode, stdout, stderr } = await execa('flock', [image, ...install], { reject: false, cwd: image });
    expect(exitCode).toBe(EXIT.locked);
    expect(stderr).toContain(`another hotlookup is changing ${image}`);
    expect(JSON.parse(stdout)).toMatchObject({ outcome: 'not done', error: { exitCode: EXIT.locked } });
    expect(Object.keys(listTree(image))).toEqual(['/']);
  });

  test.each([
    [['--root', '/', '--enable', '--no-enable'], 'mutually exclusive'],
    [['--root', tmpdir(), '--run-ensure'], '--run-ensure is for this host'],
    [['--root', '/nowhere'], '/nowhere is not a folder'],
  ])('%j is wrong usage', async (args, said) => {
    const { exitCode, stderr } = await execa(process.execPath, [CLI, 'install', ...args], {
      reject: false,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: EXIT.usage, stderr: expect.stringContaining(said) });
  });
});

describe('uninstall', () => {
  test('shows what it would do, does it, and leaves nothing', async () => {
    const before = listTree(image);
    await installed();
    const after = listTree(image);
    const dry = await hotlookup('uninstall', '--dry-run');
    expect(dry).toMatchObject({ exitCode: EXIT.done, stdout: expect.stringContaining(`remove    ${SCRIPT}: `) });
    expect(listTree(image)).toEqual(after);
    const { exitCode, stdout, stderr } = await hotlookup('uninstall');
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toContain(`removed   ${SCRIPT}\n`);
    expect(stderr).toMatch(/^Looking at .+\nuninstalled on .+: \d+ steps\n$/);
    expect(listTree(image)).toEqual(before);
  });

  test('leaves an edited file, and names it', async () => {
    await installed();
    edit(SCRIPT);
    const { stdout } = await hotlookup('uninstall');
    expect(stdout).toMatch(new RegExp(`\nPlease note:\n(?:.+\n)*  ${SCRIPT} was changed on this host and stays`));
    expect(Object.keys(listTree(image)).filter((path) => path.endsWith('.sh'))).toEqual([SCRIPT]);
  });

  test('has nothing to do where nothing is installed', async () => {
    const { exitCode, stdout } = await hotlookup('uninstall');
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toMatch(/^nothing to do\n\nPlease note:\n {2}hotlookup has installed nothing here: /);
  });
});

describe('diff', () => {
  test('finds nothing after an install, and says so on stderr alone', async () => {
    await installed();
    const { exitCode, stdout, stderr } = await hotlookup('diff');
    expect({ exitCode, stdout }).toEqual({ exitCode: EXIT.done, stdout: '' });
    expect(stderr).toMatch(/\n.+ is what the spec asks for\n$/);
  });

  test('tells contents, modes, what is missing, disabled, overridden, with the command that helps', async () => {
    await installed();
    edit(SCRIPT);
    chmodSync(join(image, TIMER), 0o600);
    rmSync(join(image, WANTS));
    mkdirSync(join(image, `${TIMER}.d`));
    writeFileSync(join(image, `${TIMER}.d/x.conf`), '[Timer]\nOnCalendar=\nOnCalendar=daily\n');
    const { exitCode, stdout, stderr } = await hotlookup('diff');
    expect(exitCode).toBe(EXIT.differences);
    expect(stdout).toContain(`changed  ${SCRIPT}: is not what the spec renders\n--- ${SCRIPT}\n+++ as rendered\n`);
    expect(stdout).toContain('\n-exit 1\n');
    expect(stdout).toContain(`mode     ${TIMER}: has mode 0600, should be 0644\n`);
    expect(stdout).toContain('unit     scanner-artifact-boms-ensure.timer: is disabled, should be enabled\n');
    expect(stdout).toMatch(
      /drop-in .*x\.conf sets \[Timer\] OnCalendar= to daily; generated is \*-\*-01 00:10:00 UTC\n/,
    );
    expect(stderr).toContain(`: 4 differences\n→ hotlookup install --root ${image} --force --enable\n`);
    const { differences, fixes } = JSON.parse((await hotlookup('diff', '--json')).stdout);
    expect(differences.map(({ kind }: { kind: string }) => kind)).toEqual(['changed', 'mode', 'unit', 'drop-in']);
    expect(fixes).toEqual([`hotlookup install --root ${image} --force --enable`]);
  });
});

describe('status', () => {
  test('wants somebody to install where nothing is', async () => {
    const { exitCode, stdout } = await hotlookup('status');
    expect(exitCode).toBe(EXIT.differences);
    expect(stdout).toBe(
      `\nNeeds a person:\n  hotlookup has installed nothing here\n  → hotlookup install --root ${image}\n`,
    );
  });

  test('of an image tells what is installed and enabled, and runs nothing of it', async () => {
    await installed();
    const { exitCode, stdout } = await hotlookup('status');
    expect(exitCode).toBe(EXIT.done);
    expect(stdout).toBe(`scanner-artifact-boms-ensure: files: installed
scanner-artifact-boms-ensure: timer: enabled
scanner-artifact-boms-retention: files: installed
scanner-artifact-boms-retention: timer: enabled

Not seen:
  what runs, and when: no systemd runs here
`);
  });

  test('tells drift without the spec', async () => {
    await installed();
    edit(SCRIPT);
    const { exitCode, stdout } = await hotlookup('status', '--json');
    const { ok, jobs, drift, problems } = JSON.parse(stdout);
    expect({ exitCode, ok, drift }).toEqual({ exitCode: EXIT.differences, ok: false, drift: [] });
    expect(jobs[1].drift).toEqual([{ path: SCRIPT, kind: 'changed', what: 'was changed since it was installed' }]);
    expect(problems).toHaveLength(1);
  });
});
