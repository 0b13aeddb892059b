import type { ArgumentsCamelCase, InferredOptionTypes, Options } from 'yargs';
import type { ExitCode } from '../errors.ts';
import type { World } from '../world.ts';

type OptionTable = Readonly<Record<string, Options>>;

/** A verb of the command line: what it is called, what it takes, what it does. Returns the exit code of the run. */
export type Command<Table extends OptionTable = OptionTable> = {
  readonly name: string;
  readonly summary: string;
  readonly options: Table;
  run(options: ArgumentsCamelCase<InferredOptionTypes<Table>>, world: World): Promise<ExitCode>;
};

/** Lets TypeScript infer the options' types from the table. */
export const defineCommand = <const Table extends OptionTable>(command: Command<Table>): Command<Table> => command;
