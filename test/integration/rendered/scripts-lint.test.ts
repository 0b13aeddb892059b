import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SPECS } from '../../harness/render/specs.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';
import { ECHO, run } from '../../harness/runner/run.ts';

const scriptsOf = (tree: Tree) => {
  const folder = join(tree.folder, 'devops/scripts');
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sh'))
    .map((name) => join(folder, name));
};

describe.each(Object.entries(SPECS))('scripts of the spec: %s', (_, spec) => {
  let tree: Tree;
  beforeAll(async () => {
    tree = await writeTree(spec, { runtime: ECHO });
  });
  afterAll(() => tree.dispose());

  test('bash -n', () => {
    for (const script of scriptsOf(tree))
      expect(run('bash', ['-n', script])).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  describeNeeding({ programs: ['shellcheck'] }, 'shellcheck', () => {
    test('finds nothing, notes on style included', () => {
      // SC2016 asks whether a $ in single quotes should not be expanded; in values of the spec it should not.
      const lint = run('shellcheck', ['--severity=style', '--exclude=SC2016', ...scriptsOf(tree)]);
      expect(lint).toEqual({ status: 0, stdout: '', stderr: '' });
    });
  });
});
