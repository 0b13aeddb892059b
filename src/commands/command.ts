import type { InferredOptionTypes, Options } from 'yargs';
import type { ExitCode } from '../errors.ts';
import type { World } from '../world.ts';

type OptionTable = Readonly<Record<string, Options>>;

/** A verb of the command line: what it is called, what it takes, what it does. Returns the exit code of the run. */
export type Command<Table extends OptionTable> = {
  readonly name: string;
  readonly summary: string;
  readonly options: Table;
  run(options: InferredOptionTypes<Table>, world: World): Promise<ExitCode>;
};

/** A command whose options are known to the argument parser alone, which has checked them against its table. */
export type AnyCommand = Command<OptionTable>;

/** Lets TypeScript infer the options' types from the table. */
export const defineCommand = <const Table extends OptionTable>(command: Command<Table>): Command<Table> => command;
