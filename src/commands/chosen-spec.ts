import { AppError } from '../errors.ts';
import type { Spec } from '../spec/schema.ts';
import type { World } from '../world.ts';

export const SPEC_FILE = 'hotlookup.yaml';

export type ChosenSpec = {
  readonly spec: Spec;
  /** The file; null for the built-in default. */
  readonly file: string | null;
  /** What `--spec` said. */
  readonly option: string | undefined;
};

export const SPEC_OPTION = {
  type: 'string',
  requiresArg: true,
  describe: `The spec; ${SPEC_FILE} if it exists, else the built-in default`,
} as const;

/** The spec of a file; without one that of `hotlookup.yaml` in the working folder, else the built-in default. Says which on stderr. */
export async function chooseSpec(world: World, option: string | undefined): Promise<ChosenSpec> {
  const { files, terminal } = world;
  const contents = files.read(option ?? SPEC_FILE);
  if (contents === undefined && option !== undefined)
    throw new AppError('configuration', `there is no spec file ${option}`, {
      advice: 'Name an existing file, or write one: hotlookup init',
    });
  if (contents === undefined) {
    terminal.err(`spec: the built-in default (there is no ${SPEC_FILE} here)\n`);
    const { default: spec } = await import('#prepared/default-spec.js');
    return { spec, file: null, option };
  }
  const file = option ?? SPEC_FILE;
  terminal.err(`spec: ${file}\n`);
  const { loadSpec } = await import('../spec/load.ts');
  return { spec: loadSpec(contents, file), file, option };
}
