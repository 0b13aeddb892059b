import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { findExcerpt, maskTranscript, timelineOf } from '../../harness/render/transcript.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const cli = join(root, packageJson.bin.hotlookup);

let temporary = '';
beforeEach(() => {
  temporary = makeTemporary('demo');
});
afterEach(() => rmSync(temporary, { recursive: true }));

/** Runs the built program with a temporary folder of its own, so that the test sees what it leaves there. */
function hotlookup(args: string[], options: { program?: string; path?: string } = {}) {
  return execa(process.execPath, [options.program ?? cli, ...args], {
    reject: false,
    cwd: temporary,
    env: { TMPDIR: temporary, ...(options.path !== undefined && { PATH: options.path }) },
  });
}

const leftovers = () => readdirSync(temporary);

test('the demo runs the rendered scripts, shows the partitions before and after, and leaves nothing behind', async () => {
  const { exitCode, stdout, stderr } = await hotlookup(['demo']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(leftovers()).toEqual([]);
  for (const command of ['ensure-partitions.sh 1', 'retention.sh 12 true', 'retention.sh 12 false'])
    expect(stdout).toContain(`$ ./devops/scripts/scanner-artifact-boms-${command}\n`);
  expect(stdout).toMatch(/Before: 15 partitions, 4,236 rows/);
  expect(stdout).toMatch(/After: 14 partitions, 3,927 rows/);
  expect(stdout.split('\n').length).toBeLessThan(90);
  expect(stdout).not.toContain('\u001b');

  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const excerpts = (['before', 'after'] as const).map((name) => ({
    shown: findExcerpt(readme, name),
    printed: timelineOf(stdout, name),
  }));
  for (const { printed } of excerpts) expect(printed).toBeDefined();
  // Masked together, so that the months of one are distances from the first month of the other.
  expect(
    maskTranscript(excerpts.map(({ shown }) => shown).join('\n')),
    'README.md is not current: put the two timelines of `npx hotlookup demo` there',
  ).toBe(maskTranscript(excerpts.map(({ printed }) => printed).join('\n')));
});

test('--json tells the same to programs, --keep leaves the tree and says where', async () => {
  const { exitCode, stdout, stderr } = await hotlookup(['demo', '--json', '--keep']);
  const { now, before, after, runs } = JSON.parse(stdout);
  expect(exitCode).toBe(0);
  expect(runs.map((run: { exitCode: number }) => run.exitCode)).toEqual([0, 0, 0]);
  const names = (partitions: { name: string }[]) => partitions.map(({ name }) => name);
  const dropped = names(before).filter((name) => !names(after).includes(name));
  const created = names(after).filter((name) => !names(before).includes(name));
  expect(dropped).toEqual(names(before).slice(0, 2));
  expect(created).toEqual(names(after).slice(-1));
  const current = new Date(now);
  const coming = new Date(Date.UTC(current.getUTCFullYear(), current.getUTCMonth() + 1));
  expect(after.at(-1)).toMatchObject({ from: coming.toISOString(), rows: 1 });

  const folder = join(temporary, leftovers()[0] ?? '');
  expect(stderr).toBe(`The rendered tree is in ${folder}`);
  expect(readdirSync(folder)).toContain('MANIFEST.json');
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s ends it cleanly with exit code %d', async (signal, code) => {
  const running = hotlookup(['demo']);
  await new Promise<void>((resolve) => {
    let seen = '';
    running.stdout.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes('Before')) resolve();
    });
  });
  running.kill(signal);
  const { exitCode, stderr } = await running;
  expect({ exitCode, stderr }).toEqual({ exitCode: code, stderr: `hotlookup: stopped by ${signal}` });
  expect(leftovers()).toEqual([]);
});

test('without bash it says so, and leaves nothing behind', async () => {
  const programs = join(temporary, 'bin');
  mkdirSync(programs);
  const { exitCode, stderr } = await hotlookup(['demo'], { path: programs });
  expect(exitCode).toBe(5);
  expect(stderr).toMatch(/cannot run bash.*\n.*Install bash/);
  expect(leftovers()).toEqual(['bin']);
});

test('a script that fails ends the demo with its exit code', async () => {
  // A node that always fails stands in the scripts' way; the program itself runs by the real one.
  const programs = join(temporary, 'bin');
  mkdirSync(programs);
  await execa('ln', ['-s', '/bin/false', join(programs, 'node')]);
  const { exitCode, stderr, stdout } = await hotlookup(['demo'], {
    path: [programs, dirname(process.execPath), process.env['PATH']].join(delimiter),
  });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('exit 1');
  expect(stderr).toMatch(/the demo stopped: .*ensure-partitions\.sh 1 ended with exit code 1/);
  expect(leftovers()).toEqual(['bin']);
});

test('where PGlite is not installed the demo says how to get it, and the other commands work', async () => {
  const program = join(temporary, 'elsewhere', packageJson.bin.hotlookup);
  cpSync(join(root, 'dist'), dirname(program), { recursive: true });
  const demo = await hotlookup(['demo'], { program });
  expect(demo.exitCode).toBe(5);
  expect(demo.stderr).toContain('npm install @electric-sql/pglite @electric-sql/pglite-socket');
  expect(leftovers()).toEqual(['elsewhere']);
  for (const args of [['render', '--out', 'tree'], ['schema'], ['init'], ['--help'], ['--version']])
    expect(await hotlookup(args, { program }), args.join(' ')).toMatchObject({ exitCode: 0 });
});
