import { expect, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { main } from '../../../src/main.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import { specSchema } from '../../../src/spec/schema.ts';
import { memoryFiles } from '../../harness/runner/memory-files.ts';
import { testWorld } from '../../harness/runner/test-world.ts';

const SPEC = '/tmp/hotlookup.yaml';

test('writes a spec that says what the built-in default says', async () => {
  const files = memoryFiles();
  const world = testWorld(files);
  expect(await main(['init', '--out', SPEC], world)).toBe(EXIT.done);
  expect(world.said.out).toBe(`created  ${SPEC}\n`);
  expect(loadSpec(files.read(SPEC)?.toString() ?? '', SPEC)).toEqual(specSchema.parse({}));
});

test('replaces a file only when told to', async () => {
  const files = memoryFiles({ [SPEC]: 'mine' });
  expect(await main(['init', '--out', SPEC], testWorld(files))).toBe(EXIT.refused);
  expect(files.read(SPEC)?.toString()).toBe('mine');
  expect(await main(['init', '--out', SPEC, '--force'], testWorld(files))).toBe(EXIT.done);
  expect(files.read(SPEC)?.toString()).not.toBe('mine');
});

test('schema prints the file that the build put beside the program', async () => {
  const world = testWorld(memoryFiles({ '/dist/hotlookup.schema.json': '{"type":"object"}\n' }));
  expect(await main(['schema'], world)).toBe(EXIT.done);
  expect(world.said.out).toBe('{"type":"object"}\n');
});
