import { parseArgs } from 'node:util';
import { parseDuration } from '../duration.ts';
import { AppError, EXIT } from '../errors.ts';
import type { Settings } from './settings.ts';
import type { QualifiedName } from './sql.ts';

const text = { type: 'string' } as const;
const OPTIONS = {
  set: text,
  table: text,
  'ensure-function': text,
  'months-ahead': text,
  'retention-function': text,
  'keep-months': text,
  // Not `env-file`: Node 20 takes that for an option of its own even behind the script's name, and fails without the file.
  'environment-file': text,
  'connect-timeout': text,
  'lock-timeout': text,
  'lock-wait': text,
} as const;

/** A person sees this only after calling the helper by hand: the rendered scripts give all of it. */
function fail(problem: string): never {
  throw new AppError(EXIT.usage, problem, {
    advice: 'Call the script of the partition set, which passes these options.',
  });
}

function required(value: string | undefined, option: string): string {
  return value || fail(`the option --${option} is missing`);
}

function name(value: string | undefined, option: string): QualifiedName {
  const [schema, local, ...rest] = required(value, option).split('.');
  if (!schema || !local || rest.length > 0)
    return fail(`--${option} must be schema.name, not ${JSON.stringify(value)}`);
  return { schema, name: local };
}

function months(value: string | undefined, option: string): number {
  const given = required(value, option);
  return /^\d{1,4}$/.test(given)
    ? Number(given)
    : fail(`--${option} must be whole months, not ${JSON.stringify(given)}`);
}

function duration(value: string | undefined, option: string): number {
  const given = required(value, option);
  return (
    parseDuration(given) ?? fail(`--${option} must be a time span such as 50ms or 30s, not ${JSON.stringify(given)}`)
  );
}

function parseOptions(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, strict: true }).values;
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return fail(error.message);
    throw error;
  }
}

/**
 * Splits the command line at the first `--` and reads what stands before it: the spec's values, put there by the script.
 * @throws AppError with exit code 2.
 */
export function parseScriptArguments(argv: readonly string[]): { settings: Settings; user: string[] } {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const options = parseOptions(argv.slice(0, end));
  const ensure = options['ensure-function'];
  const retention = options['retention-function'];
  const settings: Settings = {
    set: required(options.set, 'set'),
    table: name(options.table, 'table'),
    ensure:
      ensure === undefined
        ? undefined
        : {
            function: name(ensure, 'ensure-function'),
            monthsAhead: months(options['months-ahead'], 'months-ahead'),
          },
    retention:
      retention === undefined
        ? undefined
        : {
            function: name(retention, 'retention-function'),
            keepMonths: months(options['keep-months'], 'keep-months'),
          },
    envFile: required(options['environment-file'], 'environment-file'),
    connectMs: duration(options['connect-timeout'], 'connect-timeout'),
    lockTimeoutMs: duration(options['lock-timeout'], 'lock-timeout'),
    lockWaitMs: duration(options['lock-wait'], 'lock-wait'),
  };
  return { settings, user: argv.slice(end + 1) };
}
