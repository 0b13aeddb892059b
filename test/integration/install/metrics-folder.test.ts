import { chmodSync, chownSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { dsnOf, onDatabase, runJob, runScript } from '../../harness/jobs/jobs.ts';
import { createMetricsFolder, type MetricsFolder } from '../../harness/jobs/metrics.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
import { testNeeding } from '../../harness/runner/needs.ts';

const ENSURE = 'scanner-artifact-boms-ensure.prom';
const RETENTION = 'scanner-artifact-boms-retention.prom';

const [server] = inject('servers');
if (!server) throw new Error('there is no server');
let folder: MetricsFolder;
let tree: Tree;
beforeEach(async () => {
  folder = createMetricsFolder();
  tree = await writeTree({}, { places: { metrics: { directory: folder.directory, group: 'scrape' } } });
});
afterEach(async () => {
  folder.dispose();
  await tree.dispose();
});

test(
  'a damaged file is replaced, and the job says so',
  onDatabase(server, async (database) => {
    writeFileSync(join(folder.directory, ENSURE), 'garbage{');
    const { exitCode, stderr } = await runJob(tree, database, 'ensure');
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `warning: ${folder.directory}/${ENSURE} held no metrics of this job, or damaged ones: its counters start again from 0\n`,
    });
    expect(folder.outcome('ensure')).toBe('done');
  }),
);

test(
  'what others put in its place is neither followed nor waited for',
  onDatabase(server, async (database) => {
    const path = join(folder.directory, ENSURE);
    const victim = join(tree.folder, 'victim');
    writeFileSync(victim, 'untouched');
    symlinkSync(victim, path);
    expect(await runJob(tree, database, 'ensure')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    expect(statSync(path).isFile()).toBe(true);

    rmSync(path);
    await execa('mkfifo', [path]);
    expect(await runJob(tree, database, 'ensure')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(folder.outcome('ensure')).toBe('done');
  }),
);

test(
  'a run cleans up after one that was killed while it wrote',
  onDatabase(server, async (database) => {
    const [old, young] = [`.${ENSURE}.old`, `.${ENSURE}.young`];
    for (const name of [old, young, `.${RETENTION}.old`]) writeFileSync(join(folder.directory, name), 'half');
    await execa('touch', ['--date=-1 hour', ...[old, `.${RETENTION}.old`].map((name) => join(folder.directory, name))]);
    await runJob(tree, database, 'ensure');
    expect(folder.names()).toEqual([`.${ENSURE}.young`, `.${RETENTION}.old`, ENSURE].sort());
  }),
);

test(
  'a folder that is not there, or is a file, is a warning and no failure',
  onDatabase(server, async (database) => {
    rmSync(folder.directory, { recursive: true });
    const missing = await runJob(tree, database, 'ensure');
    expect(missing).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^warning: .* ENOENT: .*\nMake the folder/),
    });
    writeFileSync(folder.directory, '');
    const blocked = await runJob(tree, database, 'ensure');
    expect(blocked).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('ENOTDIR') });
    const failed = await runScript(tree, 'ensure', [], { PG_DSN: 'nonsense' });
    expect(failed).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('warning: the metrics') });
  }),
);

testNeeding(
  { root: true, programs: ['setpriv'] },
  'a member of its group may write to the folder; for others that is a warning and no failure',
  onDatabase(server, async (database) => {
    const scripts = [join(folder.directory, '..'), tree.folder];
    for (const path of scripts) chmodSync(path, 0o755);
    chownSync(folder.directory, 0, 4_321);
    chmodSync(folder.directory, 0o2775);
    const runAs = (groups: string) =>
      execa(
        'setpriv',
        [
          ...['--reuid=65534', '--regid=65534', groups],
          ...['bash', tree.script('scanner-artifact-boms-ensure-partitions.sh')],
        ],
        { env: { PG_DSN: dsnOf(database) }, reject: false },
      );
    expect(await runAs('--clear-groups')).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/EACCES.*\nGive the folder mode 2775/),
    });
    expect(folder.names()).toEqual([]);
    expect(await runAs('--groups=4321')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(folder.names()).toEqual([ENSURE]);
  }),
);

testNeeding(
  { root: true, programs: ['mount', 'umount'] },
  'a full disk is a warning and no failure, and the last file stays',
  onDatabase(server, async (database) => {
    // Room for one of its files, and not for two.
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'hotlookup-test', folder.directory]);
    try {
      await runJob(tree, database, 'ensure');
      const before = folder.text('ensure');
      const full = await runJob(tree, database, 'ensure');
      expect(full).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(/ENOSPC.*\nMake room/) });
      expect(folder.text('ensure')).toBe(before);
      expect(folder.names()).toEqual([ENSURE]);
    } finally {
      await execa('umount', [folder.directory]);
    }
  }),
);

testNeeding(
  { programs: ['strace'] },
  'killed while it writes, a run leaves the last file whole, and at most its draft',
  onDatabase(server, async (database) => {
    await runJob(tree, database, 'ensure');
    const before = folder.text('ensure');
    const script = ['bash', tree.script('scanner-artifact-boms-ensure-partitions.sh')];
    for (const call of ['fchmod', 'fsync', 'rename']) {
      const { signal } = await execa(
        'strace',
        ['-f', '-qq', '-o', '/dev/null', `--inject=${call}:signal=KILL`, ...script],
        {
          env: { PG_DSN: dsnOf(database) },
          reject: false,
        },
      );
      expect({ call, signal }).toEqual({ call, signal: 'SIGKILL' });
      expect(folder.text('ensure')).toBe(before);
    }
    expect(folder.names()).toHaveLength(4);
    const drafts = folder.names().filter((name) => name !== ENSURE);
    expect(drafts.filter((name) => name.endsWith('.prom'))).toEqual([]);
    await execa('touch', ['--date=-1 hour', ...drafts.map((name) => join(folder.directory, name))]);
    await runJob(tree, database, 'ensure');
    expect(folder.names()).toEqual([ENSURE]);
  }),
);
