import { EXIT, type ExitCode } from '../errors.ts';
import type { Drift } from '../install/drift/drift.ts';
import { jsonDocument } from '../json-document.ts';
import type { World } from '../world.ts';
import { type ChosenSpec, chooseSpec, SPEC_OPTION } from './chosen-spec.ts';
import { defineCommand } from './command.ts';
import { ROOT_OPTION } from './target.ts';

type Target = {
  readonly root: string;
  readonly chosen: ChosenSpec;
  readonly copies: readonly string[];
  readonly json: boolean;
};

const OTHERS_ONLY =
  "Nothing that hotlookup installed differs, and it never touches an administrator's drop-ins and units";

async function printDrift(
  drift: readonly Drift[],
  { root, chosen, copies, json }: Target,
  { terminal }: World,
): Promise<ExitCode> {
  const [{ driftText }, { driftFixes }, { listDifferences, noteCopies }] = await Promise.all([
    import('../report/drift/text.ts'),
    import('../report/drift/fix.ts'),
    import('../report/differences.ts'),
  ]);
  const differences = drift.map(driftText);
  const fixes = driftFixes(drift, chosen.option, root);
  if (json) terminal.out(jsonDocument({ spec: chosen.file, root, differences, fixes, copies }));
  else terminal.out(listDifferences(differences, terminal.color));
  terminal.err(noteCopies(copies));
  const place = root === '/' ? 'This host' : root;
  if (drift.length === 0) {
    terminal.err(`${place} is what the spec asks for\n`);
    return EXIT.done;
  }
  const count = `${drift.length} difference${drift.length === 1 ? '' : 's'}`;
  const advice = fixes.length > 0 ? fixes : [OTHERS_ONLY];
  terminal.err(`${place} is not what the spec asks for: ${count}\n${advice.map((fix) => `→ ${fix}\n`).join('')}`);
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
      import('../install/desired/desire.ts'),
      import('../install/observe/observe.ts'),
      import('../install/drift/drift.ts'),
      import('../install/drift/find.ts'),
    ]);
    const desired = desire(renderTree(world, chosen.spec), chosen.spec);
    const observed = await observe(port, desired);
    const drift = findDrift(expectedOf(desired), observed);
    return printDrift(drift, { root: port.files.root, chosen, copies: observed.copies, json }, world);
  },
});
