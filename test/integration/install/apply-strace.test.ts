import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { copyFolder } from '../../harness/install/host-folder.ts';
import { listTree } from '../../harness/install/listing.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { createScratch, type Scratch } from '../../harness/runner/scratch.ts';

const cli = fileURLToPath(new URL('../../../dist/cli.cjs', import.meta.url));
const CALLS = ['mkdir', 'fsync', 'rename', 'link', 'fchmod'];

let scratch: Scratch;
beforeAll(() => {
  scratch = createScratch('hotlookup-strace-');
});
afterAll(() => scratch.dispose());

/** Installs the built program's default spec to an image, traced. All that the installer does to files it does in its main thread. */
function install(root: string, traced: readonly string[] = []) {
  const program = [process.execPath, cli, 'install', '--root', root];
  const [command = '', ...args] = traced.length > 0 ? ['strace', ...traced, ...program] : program;
  const { status, signal, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd: scratch.path('.') });
  if (error) throw error;
  return { status, signal, stderr };
}

/** The image without its times. */
const listed = (root: string) =>
  Object.fromEntries(Object.entries(listTree(root)).map(([path, { modified: _, ...rest }]) => [path, rest]));

function freshImage(name: string): string {
  const root = scratch.path(name);
  copyFolder(scratch.path('empty'), root);
  return root;
}

/** For each call, which of them touch the image, by their number among all: one in the middle and the last. */
function callsOnImage(): Map<string, number[]> {
  const log = scratch.path('log');
  const root = freshImage('probe');
  install(root, ['-y', '-o', log, '-e', `trace=/^(${CALLS.join('|')})(at2?)?$`]);
  const lines = readFileSync(log, 'utf8').split('\n');
  const numbersOf = (call: string) =>
    lines.filter((line) => line.startsWith(call)).flatMap((line, index) => (line.includes(root) ? [index + 1] : []));
  const pick = (numbers: readonly number[]) => [numbers[Math.floor(numbers.length / 2)] ?? 0, numbers.at(-1) ?? 0];
  return new Map(CALLS.map((call) => [call, pick(numbersOf(call))]));
}

const mayTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
const needs = { programs: ['strace'], others: mayTrace ? [] : ['permission to trace programs'] };

describeNeeding(needs, 'the built program, traced', () => {
  let picked = new Map<string, number[]>();

  beforeAll(() => {
    // Of folders that a run makes before it can record that it did, the next run does not know.
    for (const folder of ['etc/systemd/system', 'var/lib'])
      mkdirSync(join(scratch.path('empty'), folder), { recursive: true });
    expect(install(freshImage('whole')).status).toBe(EXIT.done);
    picked = callsOnImage();
  });

  /** Installs with something injected at each picked call of a kind. */
  function* injected(call: string, what: string) {
    for (const number of picked.get(call) ?? []) {
      const root = freshImage('injected');
      const done = install(root, ['-o', '/dev/null', '-e', `inject=/^${call}(at2?)?$:${what}:when=${number}`]);
      yield { root, done, number };
    }
  }

  test.each(['mkdir', 'fsync', 'rename', 'link'])('%s fails for want of space: all is as before', (call) => {
    for (const { root, done, number } of injected(call, 'error=ENOSPC')) {
      expect(done.stderr).toContain('no space left');
      expect(done.status, `${call} ${number}`).toBe(EXIT.rolledBack);
      expect(listed(root)).toEqual(listed(scratch.path('empty')));
    }
  });

  test.each(['mkdir', 'fchmod', 'rename'])('it is killed at %s: the next run completes it', (call) => {
    for (const { root, done, number } of injected(call, 'signal=KILL')) {
      expect(done.signal, `${call} ${number}`).toBe('SIGKILL');
      expect(install(root).status).toBe(EXIT.done);
      expect(listed(root)).toEqual(listed(scratch.path('whole')));
    }
  });
});
