import type { ExitCode } from './errors.ts';
import { createWorld } from './io/world.ts';
import { main } from './main.ts';

/** The program in the real world; `distribution` is the folder that it was built to. */
export const run = (argv: readonly string[], distribution: string): Promise<ExitCode> =>
  main(argv, createWorld(distribution));
