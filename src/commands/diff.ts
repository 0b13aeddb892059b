import { EXIT } from '../errors.ts';
import { chooseSpec, SPEC_OPTION } from './chosen-spec.ts';
import { defineCommand } from './command.ts';
import { ROOT_OPTION } from './target.ts';

export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'Show how what is installed differs from what a spec asks for; exit 1 if it does',
  options: {
    spec: SPEC_OPTION,
    root: ROOT_OPTION,
    json: { type: 'boolean', default: false, describe: 'Report as JSON' },
  },
  async run(options, world) {
    const { terminal } = world;
    const { spec, file } = await chooseSpec(world, options.spec);
    const port = await world.openHost(options.root);
    const [{ renderTree }, { desire }, { observe }, { expectedOf }, { findDrift }] = await Promise.all([
      import('./render-tree.ts'),
      import('../install/desire.ts'),
      import('../install/observe.ts'),
      import('../install/drift.ts'),
      import('../install/drift-find.ts'),
    ]);
    const [{ tellDrift }, { installCommandLine, listDifferences }] = await Promise.all([
      import('../review/drift-text.ts'),
      import('../review/differences.ts'),
    ]);
    const desired = desire(renderTree(world, spec), spec);
    const found = findDrift(expectedOf(desired), await observe(port, desired)).map(tellDrift);
    const { root } = port.files;
    const fix = installCommandLine(options.spec, root);
    if (options.json) terminal.out(`${JSON.stringify({ spec: file, root, differences: found, fix }, undefined, 2)}\n`);
    else terminal.out(listDifferences(found, terminal.color));
    const place = root === '/' ? 'This host' : root;
    if (found.length === 0) {
      terminal.err(`${place} is what the spec asks for\n`);
      return EXIT.done;
    }
    terminal.err(`${place} is not what the spec asks for: ${found.length} differences\n→ ${fix}\n`);
    return EXIT.differences;
  },
});
