import { parseArgs } from 'node:util';
import { parseDuration } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import type { QualifiedName } from '../shared/sql.ts';
import type { RetentionSettings, Settings, WantedStrategy } from './settings.ts';

const text = { type: 'string' } as const;
const OPTIONS = {
  set: text,
  table: text,
  'ensure-function': text,
  'months-ahead': text,
  'retention-function': text,
  'keep-months': text,
  strategy: text,
  'grace-days': text,
  'detach-timeout': text,
  'max-drop-share': text,
  'max-drops': text,
  'max-drop-bytes': text,
  idle: { type: 'boolean' },
  // Not `env-file`: Node 20 takes that for an option of its own even behind the script's name, and fails without the file.
  'environment-file': text,
  'metrics-directory': text,
  'connect-timeout': text,
  'lock-timeout': text,
  'lock-wait': text,
} as const;

/** A person sees this only after calling the helper by hand: the rendered scripts give all of it. */
function fail(problem: string): never {
  throw new AppError('usage', problem, {
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

function optionalPath(value: string | undefined, option: string): string | undefined {
  if (value === undefined || value.startsWith('/')) return value;
  return fail(`--${option} must be an absolute path, not ${JSON.stringify(value)}`);
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

function wholeNumber(value: string, option: string, least: number, most: number): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : -1;
  if (number >= least && number <= most) return number;
  return fail(`--${option} must be a whole number from ${least} to ${most}, not ${JSON.stringify(value)}`);
}

function strategy(value: string): WantedStrategy {
  if (value === 'auto' || value === 'concurrent' || value === 'function') return value;
  return fail(`--strategy must be auto, concurrent or function, not ${JSON.stringify(value)}`);
}

function retentionSettings(routine: string, options: ReturnType<typeof parseOptions>): RetentionSettings {
  const limit = (option: 'max-drops' | 'max-drop-bytes') => {
    const value = options[option];
    return value === undefined ? undefined : wholeNumber(value, option, 1, Number.MAX_SAFE_INTEGER);
  };
  return {
    function: name(routine, 'retention-function'),
    keepMonths: months(options['keep-months'], 'keep-months'),
    strategy: strategy(required(options.strategy, 'strategy')),
    graceDays: wholeNumber(required(options['grace-days'], 'grace-days'), 'grace-days', 0, 365),
    idle: options.idle ?? false,
    detachMs: duration(options['detach-timeout'], 'detach-timeout'),
    breakers: {
      maxDropShare: wholeNumber(required(options['max-drop-share'], 'max-drop-share'), 'max-drop-share', 1, 100),
      maxDrops: limit('max-drops'),
      maxDropBytes: limit('max-drop-bytes'),
    },
  };
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
    retention: retention === undefined ? undefined : retentionSettings(retention, options),
    envFile: required(options['environment-file'], 'environment-file'),
    metricsDirectory: optionalPath(options['metrics-directory'], 'metrics-directory'),
    connectMs: duration(options['connect-timeout'], 'connect-timeout'),
    lockTimeoutMs: duration(options['lock-timeout'], 'lock-timeout'),
    lockWaitMs: duration(options['lock-wait'], 'lock-wait'),
  };
  return { settings, user: argv.slice(end + 1) };
}
