import { type AppError, EXIT, type ExitCode } from '../errors.ts';
import { jsonDocument } from '../json-document.ts';
import { listWritten, summarizeWritten, written } from '../report/written.ts';
import type { Finding } from '../tree/compare.ts';
import { surveyTree } from '../tree/survey.ts';
import { writeTree } from '../tree/write.ts';
import type { World } from '../world.ts';
import { type ChosenSpec, chooseSpec, SPEC_OPTION } from './chosen-spec.ts';
import { defineCommand } from './command.ts';
import { renderTree } from './render-tree.ts';

type Target = { readonly root: string; readonly chosen: ChosenSpec; readonly json: boolean };

async function check(
  findings: readonly Finding[],
  { root, chosen, json }: Target,
  { terminal }: World,
): Promise<ExitCode> {
  const { differences } = await import('../report/difference.ts');
  const { fixCommand, listDifferences, noteForeign } = await import('../report/differences.ts');
  const found = differences(findings, root);
  const { foreign, unchanged } = written(findings);
  const fix = fixCommand(chosen.option, root);
  if (json) terminal.out(jsonDocument({ spec: chosen.file, out: root, differences: found, foreign, fix }));
  else terminal.out(listDifferences(found, terminal.color));
  terminal.err(noteForeign(foreign));
  if (found.length === 0) {
    terminal.err(`${root} is what the spec renders: ${unchanged.length} files\n`);
    return EXIT.done;
  }
  terminal.err(`${root} is not what the spec renders: ${found.length} of its files differ\n→ ${fix}\n`);
  return EXIT.differences;
}

function write(findings: readonly Finding[], { root, chosen, json }: Target, { files, terminal }: World): ExitCode {
  writeTree(files, root, findings);
  const done = written(findings);
  terminal.out(json ? jsonDocument({ spec: chosen.file, out: root, ...done }) : listWritten(done));
  terminal.err(summarizeWritten(done, root));
  return EXIT.done;
}

export const renderCommand = defineCommand({
  name: 'render',
  summary: 'Write the files that a spec asks for, or check that they are as it asks',
  options: {
    spec: SPEC_OPTION,
    out: { type: 'string', default: 'generated', requiresArg: true, describe: 'Folder of the tree' },
    check: {
      type: 'boolean',
      default: false,
      describe: 'Write nothing; show the differences and exit 1 if there are any',
    },
    json: { type: 'boolean', default: false, describe: 'Report as JSON' },
  },
  async run(options, world) {
    const chosen = await chooseSpec(world, options.spec);
    const root = options.out.replace(/(?<=.)\/+$/, '');
    const artifacts = renderTree(world, chosen.spec);
    // To a check a damaged manifest is a difference like any other; a render does not remove files on its word.
    const print = ({ message, advice }: AppError) => world.terminal.err(`${message}\n→ ${advice}\n`);
    const findings = surveyTree(world.files, root, artifacts, options.check ? print : undefined);
    const target = { root, chosen, json: options.json };
    return options.check ? check(findings, target, world) : write(findings, target, world);
  },
});
