import packageJson from '../package.json' with { type: 'json' };
import { AppError, EXIT, type ExitCode } from './errors.ts';
import { jsonDocument } from './json-document.ts';
import { createMask, secretsIn } from './secrets.ts';
import type { World } from './world.ts';

/** Runs the command line program. Everything that goes wrong ends here, as text on stderr and as one of the exit codes. */
export async function main(argv: readonly string[], real: World): Promise<ExitCode> {
  const world = withoutSecrets(real);
  try {
    const { runCommandLine } = await import('./commands/command-line.ts');
    return await runCommandLine(argv, world, packageJson.version);
  } catch (error) {
    if (error instanceof AppError) return explain(error, argv, world);
    printJson(argv, world, { error: { exitCode: EXIT.internal, message: 'internal error', advice: null } });
    world.terminal.err(`hotlookup: internal error\n${error instanceof Error ? error.stack : error}\n`);
    world.terminal.err(`→ Please report this with the command that you ran (hotlookup ${packageJson.version})\n`);
    return EXIT.internal;
  }
}

/** Whatever is quoted on the terminal passes the filter, which knows the secrets of the environment. */
function withoutSecrets(world: World): World {
  const { terminal, environment } = world;
  const { PG_DSN = '', PGPASSWORD = '' } = environment;
  const mask = createMask([...secretsIn(PG_DSN), PGPASSWORD]);
  const maskShapes = createMask();
  return {
    ...world,
    terminal: {
      // Data may hold a name that somebody has for a password as well: only what looks like a connection string is masked there.
      out: (text) => terminal.out(maskShapes(text)),
      err: (text) => terminal.err(mask(text)),
      get color() {
        return terminal.color;
      },
      get columns() {
        return terminal.columns;
      },
    },
  };
}

function explain({ exitCode, message, advice, data }: AppError, argv: readonly string[], world: World): ExitCode {
  const { terminal } = world;
  printJson(argv, world, { ...data, error: { exitCode, message, advice: advice ?? null } });
  terminal.err(`hotlookup: ${message}\n`);
  if (advice) terminal.err(`→ ${advice}\n`);
  return exitCode;
}

/** A program that asked for JSON gets a document when things go wrong, too, even where its arguments are wrong. */
function printJson(argv: readonly string[], { terminal }: World, document: object): void {
  if (argv.includes('--json')) terminal.out(jsonDocument(document));
}
