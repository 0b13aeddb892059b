import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cronCommand } from '../../harness/render/cron-line.ts';
import { SPECS } from '../../harness/render/specs.ts';
import { type Tree, type TreeOptions, writeTree } from '../../harness/render/tree.ts';
import { ECHO, run } from '../../harness/runner/run.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

describe('a script finds its helper', () => {
  const odd = join(makeTemporary('odd'), `it's "odd" $HOME \`id\` 100% ü\n*`);
  const name = 'scanner-artifact-boms-ensure-partitions.sh';
  let tree: Tree;

  beforeAll(async () => {
    mkdirSync(odd);
    tree = await writeTree({}, { runtime: ECHO });
    cpSync(tree.folder, join(odd, 'tree\n'), { recursive: true });
  });
  afterAll(async () => {
    rmSync(dirname(odd), { recursive: true });
    await tree.dispose();
  });

  const expectFound = (result: ReturnType<typeof run>) => {
    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(result.stdout)[0]).toMatch(/\/devops\/scripts\/lib\/hotlookup-runtime\.cjs$/);
  };
  const oddScript = () => join(odd, 'tree\n/devops/scripts', name);

  test('under a path of quotes, blanks, line breaks and variables', () => expectFound(run(oddScript(), [])));

  test('through links to it and to its folder', () => {
    symlinkSync(oddScript(), join(odd, 'link'));
    symlinkSync('link', join(odd, '-n'));
    symlinkSync(dirname(oddScript()), join(odd, 'folder'));
    for (const path of ['link', '-n', join('folder', name)]) expectFound(run(join(odd, path), []));
  });

  test('from its own folder, by name, with CDPATH set', () => {
    const script = `cd ${JSON.stringify(dirname(tree.script(name)))} && CDPATH=/ bash ${name} && ./${name} && sh -c ./${name}`;
    const { stdout, stderr } = run('sh', ['-c', script]);
    expect(stderr).toBe('');
    expect(stdout.trim().split('\n')).toHaveLength(3);
  });
});

describe('a script hands on', () => {
  const name = 'scanner-artifact-boms-retention.sh';
  let tree: Tree;
  beforeAll(async () => {
    tree = await writeTree({}, { runtime: ECHO });
  });
  afterAll(() => tree.dispose());

  test("the spec's values, then the verb, then every argument as it is", () => {
    const args = ['12', '', 'a b', '--json', '*', '$HOME', '--'];
    const [, ...words] = JSON.parse(run(tree.script(name), args).stdout);
    expect(words).toEqual([
      ...['--set', 'scanner-artifact-boms', '--table', 'scanner.artifact_boms'],
      ...['--ensure-function', 'scanner.ensure_artifact_boms_future_partitions', '--months-ahead', '1'],
      ...['--retention-function', 'scanner.drop_artifact_boms_partitions_older_than', '--keep-months', '12'],
      ...['--strategy', 'auto', '--grace-days', '0', '--detach-timeout', '2min', '--max-drop-share', '50'],
      ...['--environment-file', '/etc/stellaops/scanner-hotlookup.env'],
      ...['--connect-timeout', '30s', '--lock-timeout', '50ms', '--lock-wait', '1min'],
      ...['--', 'retention', ...args],
    ]);
  });

  test('any verb, for the rest of what the helper can do', () => {
    const words: string[] = JSON.parse(
      run(tree.script('scanner-artifact-boms-partitions.sh'), ['status', '--json']).stdout,
    );
    expect(words.slice(words.indexOf('--'))).toEqual(['--', 'status', '--json']);
  });

  test('no job that the spec has switched off', async () => {
    const without = await writeTree(SPECS['no retention job'], { runtime: ECHO });
    try {
      const words: string[] = JSON.parse(run(without.script('scanner-artifact-boms-partitions.sh'), ['status']).stdout);
      expect(words).toContain('--ensure-function');
      expect(words).not.toContain('--retention-function');
      expect(existsSync(without.script(name))).toBe(false);
    } finally {
      await without.dispose();
    }
  });

  test('names and paths with a meaning to the shell, unchanged', async () => {
    const spec = SPECS['hostile paths and names'];
    const hostile = await writeTree(spec, { runtime: ECHO });
    try {
      const words: string[] = JSON.parse(run(hostile.script('odd-partitions.sh'), []).stdout);
      expect(words).toContain(spec?.partitionSets?.[0]?.table);
      expect(words).toContain(spec?.envFile);
    } finally {
      await hostile.dispose();
    }
  });

  test("the helper's exit code and signals, being replaced by it", async () => {
    const failing = await writeTree({}, { runtime: 'console.log(process.pid); process.exitCode = 7;\n' });
    try {
      const { status, stdout } = run('bash', ['-c', `echo $$; exec ${failing.script(name)}`]);
      expect(status).toBe(7);
      expect(new Set(stdout.trim().split('\n')).size).toBe(1);
    } finally {
      await failing.dispose();
    }
  });
});

describe('without node', () => {
  const bin = makeTemporary('bin');
  beforeAll(() => {
    for (const program of ['bash', 'readlink']) symlinkSync(run('which', [program]).stdout.trim(), join(bin, program));
  });
  afterAll(() => rmSync(bin, { recursive: true }));

  const runWithout = async (places: TreeOptions['places'] = {}) => {
    const tree = await writeTree({}, { runtime: ECHO, places });
    try {
      return run('/usr/bin/env', ['bash', tree.script('scanner-artifact-boms-partitions.sh')], { PATH: bin });
    } finally {
      await tree.dispose();
    }
  };

  test('a script says what is missing and exits 5', async () => {
    expect(await runWithout()).toEqual({
      status: 5,
      stdout: '',
      stderr: "scanner-artifact-boms-partitions.sh: 'node' not found; install Node 18 or newer on PATH\n",
    });
  });

  test('a script that has a node of its own names it', async () => {
    const { status, stderr } = await runWithout({ node: '/opt/node 20/bin/node' });
    expect(status).toBe(5);
    expect(stderr).toContain("'/opt/node 20/bin/node' not found; install Node 18 or newer\n");
  });

  test('a script whose own node is there needs none on PATH', async () => {
    const node = join(bin, 'its own node');
    writeFileSync(node, '#!/bin/sh\necho "[\\"$1\\"]"\n');
    chmodSync(node, 0o755);
    expect(await runWithout({ node })).toMatchObject({ status: 0, stderr: '' });
  });
});

test('a script without its helper says where that belongs and exits 5', async () => {
  const tree = await writeTree({}, { runtime: ECHO });
  try {
    const helper = join(tree.folder, 'devops/scripts/lib/hotlookup-runtime.cjs');
    rmSync(helper);
    expect(run(tree.script('scanner-artifact-boms-retention.sh'), [])).toEqual({
      status: 5,
      stdout: '',
      stderr: `scanner-artifact-boms-retention.sh: cannot read ${helper}; install lib/ beside the scripts\n`,
    });
  } finally {
    await tree.dispose();
  }
});

test.runIf(existsSync('/dev/full'))('a report that a full disk swallows is exit code 5', async () => {
  const tree = await writeTree();
  try {
    const script = tree.script('scanner-artifact-boms-partitions.sh');
    const write = (stream: string, ...args: string[]) =>
      run('sh', ['-c', `exec "$@" ${stream}>/dev/full`, 'sh', script, ...args]);
    expect(write('1', '--help')).toEqual({
      status: 5,
      stdout: '',
      stderr: expect.stringMatching(/^cannot write to stdout: ENOSPC: .*\n$/),
    });
    expect(write('2', 'nonsense').status).toBe(2);
  } finally {
    await tree.dispose();
  }
});

test('a line of the cron file runs its script, as cron and its shell read it', async () => {
  const parent = makeTemporary('100% $x %');
  const scriptsDir = join(parent, 'scripts');
  const tree = await writeTree({}, { runtime: ECHO, places: { scriptsDir } });
  try {
    cpSync(join(tree.folder, 'devops/scripts'), scriptsDir, { recursive: true });
    const file = readFileSync(join(tree.folder, 'devops/scripts/cron/scanner-artifact-boms'), 'utf8');
    const lines = file.split('\n').filter((line) => /^\d/.test(line));
    const verbs = lines.map((line) => {
      const command = cronCommand(line.replace(/^(?:\S+ ){6}/, ''));
      const words: string[] = JSON.parse(run('/bin/sh', ['-c', command]).stdout);
      return words.slice(words.indexOf('--') + 1);
    });
    expect(verbs).toEqual([
      ['ensure', '1'],
      ['retention', '12', 'false'],
    ]);
  } finally {
    await tree.dispose();
    rmSync(parent, { recursive: true });
  }
});
