import { parseArgs } from 'node:util';
import { parseDuration } from '../../duration.ts';
import { AppError } from '../../errors.ts';
import { OPTIONS, type Option, wholeNumberFrom } from '../../options.ts';
import { LARGEST_SIZE } from '../../size.ts';
import type { QualifiedName } from '../shared/sql.ts';
import type { RetentionSettings, Settings, WantedStrategy } from './settings.ts';

/** What parseArgs is to accept: exactly what the table has. */
const ACCEPTED = Object.fromEntries(
  Object.values(OPTIONS).map(({ flag, kind }) => [flag, { type: kind === 'flag' ? 'boolean' : 'string' } as const]),
);

type Values = Readonly<Record<string, string | boolean | undefined>>;

/** A person sees this only after calling the helper by hand: the rendered scripts give all of it. */
function fail(problem: string): never {
  throw new AppError('usage', problem, {
    advice: 'Call the script of the partition set, which passes these options.',
  });
}

function parseOptions(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: ACCEPTED, strict: true }).values as Values;
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return fail(error.message);
    throw error;
  }
}

function given(values: Values, { flag }: Option): string | undefined {
  const value = values[flag];
  return typeof value === 'string' ? value : undefined;
}

function required(values: Values, option: Option): string {
  return given(values, option) || fail(`the option --${option.flag} is missing`);
}

const refuse = ({ flag }: Option, allowed: string, value: string): never =>
  fail(`--${flag} must be ${allowed}, not ${JSON.stringify(value)}`);

function name(values: Values, option: Option): QualifiedName {
  const value = required(values, option);
  const [schema, local, ...rest] = value.split('.');
  return schema && local && rest.length === 0 ? { schema, name: local } : refuse(option, 'schema.name', value);
}

function optionalPath(values: Values, option: Option): string | undefined {
  const value = given(values, option);
  return value === undefined || value.startsWith('/') ? value : refuse(option, 'an absolute path', value);
}

function duration(values: Values, option: Option): number {
  const value = required(values, option);
  return parseDuration(value) ?? refuse(option, 'a time span such as 50ms or 30s', value);
}

type Range = Extract<Option, { readonly kind: 'whole number' }>;

function numberIn(option: Range, value: string): number {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : -1;
  return number >= option.min && number <= option.max ? number : refuse(option, wholeNumberFrom(option), value);
}

const wholeNumber = (values: Values, option: Range): number => numberIn(option, required(values, option));

function optionalNumber(values: Values, option: Range): number | undefined {
  const value = given(values, option);
  return value === undefined ? undefined : numberIn(option, value);
}

/** Sizes are passed in bytes. */
const optionalSize = (values: Values, { flag, key }: Option): number | undefined =>
  optionalNumber(values, { flag, key, kind: 'whole number', min: 1, max: LARGEST_SIZE });

function strategy(values: Values): WantedStrategy {
  const { words } = OPTIONS.strategy;
  const value = required(values, OPTIONS.strategy);
  return words.find((word) => word === value) ?? refuse(OPTIONS.strategy, words.join(' or '), value);
}

function retentionSettings(values: Values): RetentionSettings {
  return {
    function: name(values, OPTIONS.retentionFunction),
    keepMonths: wholeNumber(values, OPTIONS.keepMonths),
    strategy: strategy(values),
    graceDays: wholeNumber(values, OPTIONS.graceDays),
    idle: values[OPTIONS.idle.flag] === true,
    detachMs: duration(values, OPTIONS.detach),
    breakers: {
      maxDropShare: wholeNumber(values, OPTIONS.maxDropShare),
      maxDrops: optionalNumber(values, OPTIONS.maxDrops),
      maxDropBytes: optionalSize(values, OPTIONS.maxDropBytes),
    },
  };
}

/**
 * Splits the command line at the first `--` and reads what stands before it: the spec's values, put there by the script.
 * @throws AppError with exit code 2.
 */
export function parseScriptArguments(argv: readonly string[]): { settings: Settings; user: string[] } {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const values = parseOptions(argv.slice(0, end));
  const settings: Settings = {
    set: required(values, OPTIONS.set),
    table: name(values, OPTIONS.table),
    ensure:
      given(values, OPTIONS.ensureFunction) === undefined
        ? undefined
        : { function: name(values, OPTIONS.ensureFunction), monthsAhead: wholeNumber(values, OPTIONS.monthsAhead) },
    retention: given(values, OPTIONS.retentionFunction) === undefined ? undefined : retentionSettings(values),
    envFile: required(values, OPTIONS.envFile),
    metricsDirectory: optionalPath(values, OPTIONS.metricsDirectory),
    connectMs: duration(values, OPTIONS.connect),
    lockTimeoutMs: duration(values, OPTIONS.lockTimeout),
    lockWaitMs: duration(values, OPTIONS.lockWait),
  };
  return { settings, user: argv.slice(end + 1) };
}
