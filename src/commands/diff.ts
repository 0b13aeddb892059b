import { EXIT, type ExitCode } from '../errors.ts';
import type { Drift } from '../install/drift.ts';
import type { World } from '../world.ts';
import { type ChosenSpec, chooseSpec, SPEC_OPTION } from './chosen-spec.ts';
import { defineCommand } from './command.ts';
import { ROOT_OPTION } from './target.ts';

type Target = { readonly root: string; readonly chosen: ChosenSpec; readonly json: boolean };

async function tell(drift: readonly Drift[], { root, chosen, json }: Target, { terminal }: World): Promise<ExitCode> {
  const [{ tellDrift }, { driftFix }, { listDifferences }] = await Promise.all([
    import('../review/drift-text.ts'),
    import('../review/drift-fix.ts'),
    import('../review/differences.ts'),
  ]);
  const differences = drift.map(tellDrift);
  const fix = driftFix(drift, chosen.option, root);
  if (json) terminal.out(`${JSON.stringify({ spec: chosen.file, root, differences, fix }, undefined, 2)}\n`);
  else terminal.out(listDifferences(differences, terminal.color));
  const place = root === '/' ? 'This host' : root;
  if (drift.length === 0) {
    terminal.err(`${place} is what the spec asks for\n`);
    return EXIT.done;
  }
  const count = `${drift.length} difference${drift.length === 1 ? '' : 's'}`;
  const advice =
    fix ?? "Nothing that hotlookup installed differs, and it never touches an administrator's drop-ins and units";
  terminal.err(`${place} is not what the spec asks for: ${count}\n→ ${advice}\n`);
  return EXIT.differences;
}

export const diffCommand = defineCommand({
  name: 'diff',
  summary: 'Show how what is installed differs from what a spec asks for; exit 1 if it does',
  options: {
    spec: SPEC_OPTION,
    root: ROOT_OPTION,
    json: { type: 'boolean', default: false, describe: 'Report as JSON' },
  },
  async run({ spec, root, json }, world) {
    const chosen = await chooseSpec(world, spec);
    const port = await world.openHost(root);
    const [{ renderTree }, { desire }, { observe }, { expectedOf }, { findDrift }] = await Promise.all([
      import('./render-tree.ts'),
      import('../install/desire.ts'),
      import('../install/observe.ts'),
      import('../install/drift.ts'),
      import('../install/drift-find.ts'),
    ]);
    const desired = desire(renderTree(world, chosen.spec), chosen.spec);
    const drift = findDrift(expectedOf(desired), await observe(port, desired));
    return tell(drift, { root: port.files.root, chosen, json }, world);
  },
});
