import yargs, { type Argv } from 'yargs';
import { AppError, EXIT, EXIT_MEANINGS, type ExitCode } from '../errors.ts';
import type { World } from '../world.ts';
import type { AnyCommand } from './command.ts';
import { explainUsage } from './usage.ts';

/** The verbs. Each is loaded only if its name stands in the arguments, or for the list of all of them in `--help`. */
const COMMANDS: Readonly<Record<string, () => Promise<AnyCommand>>> = {
  init: async () => (await import('./init.ts')).initCommand,
  render: async () => (await import('./render.ts')).renderCommand,
  schema: async () => (await import('./schema.ts')).schemaCommand,
  install: async () => (await import('./install.ts')).installCommand,
  uninstall: async () => (await import('./uninstall.ts')).uninstallCommand,
  diff: async () => (await import('./diff.ts')).diffCommand,
  status: async () => (await import('./status.ts')).statusCommand,
  demo: async () => (await import('./demo.ts')).demoCommand,
};

const PARSING = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  // A value that is given twice becomes a list, which is refused; of two, one would be passed over in silence.
  'duplicate-arguments-array': true,
  'parse-numbers': false,
  'parse-positional-numbers': false,
};

const WIDEST = 100;

const EXIT_CODES = [
  'Exit codes:',
  ...EXIT_MEANINGS.map(([code, meaning]) => `${String(code).padStart(5)}  ${meaning}`),
];

const wrongUsage = (message: string): AppError =>
  new AppError('usage', message, { advice: 'hotlookup --help and hotlookup COMMAND --help say what is allowed' });

/** Options that a person may give several times. */
const REPEATABLE: readonly string[] = ['remove'];

function refuseValues(values: Readonly<Record<string, unknown>>): true {
  for (const [name, value] of Object.entries(values)) {
    if (value === '' || (Array.isArray(value) && value.includes(''))) throw wrongUsage(`--${name} needs a value`);
    if (name !== '_' && !REPEATABLE.includes(name) && Array.isArray(value))
      throw wrongUsage(`--${name} is given ${value.length} times (${value.join(', ')}); once is allowed`);
  }
  return true;
}

async function loadCommands(argv: readonly string[]): Promise<AnyCommand[]> {
  const loaders = Object.entries(COMMANDS);
  const named = loaders.filter(([name]) => argv.includes(name));
  return Promise.all((named.length > 0 ? named : loaders).map(([, load]) => load()));
}

/** Parses the arguments and runs the command that they name. Wrong arguments are an `AppError` with exit code 2. */
export async function runCommandLine(argv: readonly string[], world: World, version: string): Promise<ExitCode> {
  const { terminal } = world;
  const commands = await loadCommands(argv);
  let exitCode: ExitCode = EXIT.done;
  let cli: Argv = yargs()
    .scriptName('hotlookup')
    .usage('$0 COMMAND [OPTION…]')
    .parserConfiguration(PARSING)
    .locale('en')
    .strict()
    .recommendCommands()
    .demandCommand(1, 'Name a command')
    .help()
    .check(refuseValues)
    .version(version)
    .wrap(Math.min(terminal.columns ?? WIDEST, WIDEST))
    .epilogue(EXIT_CODES.join('\n'))
    .exitProcess(false);
  for (const { name, summary, options, run } of commands)
    cli = cli.command(
      name,
      summary,
      (parser) => parser.options(options),
      async (values) => {
        exitCode = await run(values, world);
      },
    );
  const known = {
    commands: commands.map(({ name }) => name),
    options: commands.flatMap(({ options }) => Object.keys(options)),
  };
  await cli
    .fail((message, error) => {
      if (error && error.name !== 'YError') throw error;
      throw wrongUsage(explainUsage(message, argv, known));
    })
    .parseAsync([...argv], {}, (_error, _values, output) => {
      if (output) terminal.out(`${output}\n`);
    });
  return exitCode;
}
