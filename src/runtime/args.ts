import { parseArgs } from 'node:util';
import { AppError, EXIT } from '../errors.ts';
import { LARGEST_SIZE, parseSize } from '../size.ts';
import { MOST_MONTHS_AHEAD } from './ensure-plan.ts';
import { type Month, monthOf } from './months.ts';
import type { Command, Settings } from './settings.ts';
import type { QualifiedName } from './sql.ts';
import { isVerb, usageLine, VERBS, type Verb } from './usage.ts';

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  'allow-drops': { type: 'string' },
  'allow-drop-bytes': { type: 'string' },
  'from-table': { type: 'string' },
  'dry-run': { type: 'boolean' },
} as const;

type Fail = (problem: string) => never;

/** A whole number as people write it: no sign, no leading zero, no white space, no other spelling. */
function wholeNumber(text: string, what: string, least: number, most: number, fail: Fail): number {
  const number = /^(?:0|[1-9]\d{0,5})$/.test(text) ? Number(text) : -1;
  if (number >= least && number <= most) return number;
  return fail(`${what} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
}

function size(text: string, option: string, fail: Fail): number {
  const bytes = parseSize(text) ?? 0;
  if (bytes > 0 && bytes <= LARGEST_SIZE) return bytes;
  return fail(`${option} must be a size such as 500MB or 10GB, at most 1024TB, not ${JSON.stringify(text)}`);
}

/** Years of four digits, so that the month after it has one of four digits, too. */
function monthGiven(text: string, fail: Fail): Month {
  if (/^[1-9]\d{3}-(?:0[1-9]|1[0-2])$/.test(text) && text < '9999-12') return monthOf(Date.parse(`${text}-01`));
  return fail(`restore needs a month such as 2026-02, not ${JSON.stringify(text)}`);
}

function tableName(text: string, fail: Fail): QualifiedName {
  const [schema, name, ...rest] = text.split('.');
  if (schema && name && rest.length === 0) return { schema, name };
  return fail(`--from-table must be SCHEMA.NAME, unquoted and without further dots, not ${JSON.stringify(text)}`);
}

/** A value that is given twice is refused: nobody can tell which one was meant. */
function parseUser(args: readonly string[], fail: Fail) {
  try {
    const parsed = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true, tokens: true });
    const valued = parsed.tokens.flatMap((token) =>
      token.kind === 'option' && token.value !== undefined ? [token.rawName] : [],
    );
    const repeated = valued.find((name, index) => valued.indexOf(name) !== index);
    return repeated === undefined ? parsed : fail(`${repeated} is given more than once`);
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) return fail(error.message);
    throw error;
  }
}

/**
 * What the person asked for, from the words after `--`: a verb, its arguments, options. `help` wins over everything.
 * @throws AppError with exit code 2 and the usage line.
 */
export function parseCommand(settings: Settings, args: readonly string[]): Command | 'help' {
  const named: Verb | undefined = args.find(isVerb);
  const fail: Fail = (problem) => {
    throw new AppError(EXIT.usage, problem, { advice: usageLine(settings, named) });
  };
  const { values, positionals } = parseUser(args, fail);
  if (values.help) return 'help';
  const [verb, ...rest] = positionals;
  if (!isVerb(verb)) return fail(`the verb must be one of ${VERBS.join(', ')}, not ${JSON.stringify(verb ?? '')}`);
  const atMost = { ensure: 1, retention: 2, plan: 1, status: 0, restore: 1 }[verb];
  if (rest.length > atMost) return fail(`${verb} takes at most ${atMost} arguments, not ${rest.length}`);
  const { 'allow-drops': drops, 'allow-drop-bytes': bytes } = values;
  const isAboutDrops = verb === 'retention' || verb === 'plan';
  if (drops !== undefined && !isAboutDrops) return fail('--allow-drops belongs to retention and plan');
  if (bytes !== undefined && !isAboutDrops) return fail('--allow-drop-bytes belongs to retention and plan');
  if (verb !== 'restore' && (values['from-table'] !== undefined || values['dry-run'] !== undefined))
    return fail('--from-table and --dry-run belong to restore');
  const json = values.json ?? false;

  switch (verb) {
    case 'ensure': {
      const job = settings.ensure ?? fail(`the ensure job of ${settings.set} is switched off in its spec`);
      const [months = `${job.monthsAhead}`] = rest;
      return {
        verb,
        function: job.function,
        monthsAhead: wholeNumber(months, 'MONTHS_AHEAD', 0, MOST_MONTHS_AHEAD, fail),
        json,
      };
    }
    case 'plan':
    case 'retention': {
      const job = settings.retention ?? fail(`the retention job of ${settings.set} is switched off in its spec`);
      const [months = `${job.keepMonths}`, dryRun = 'true'] = rest;
      const keepMonths = wholeNumber(months, 'KEEP_MONTHS', 1, 1200, fail);
      if (dryRun !== 'true' && dryRun !== 'false')
        return fail(`DRY_RUN must be true or false, not ${JSON.stringify(dryRun)}`);
      const allowDrops = drops === undefined ? undefined : wholeNumber(drops, '--allow-drops', 1, 999_999, fail);
      const allowDropBytes = bytes === undefined ? undefined : size(bytes, '--allow-drop-bytes', fail);
      return { ...job, verb: 'retention', keepMonths, dryRun: dryRun === 'true', allowDrops, allowDropBytes, json };
    }
    case 'restore': {
      const [month = ''] = rest;
      const given = values['from-table'];
      const fromTable = given === undefined ? undefined : tableName(given, fail);
      return { verb, month: monthGiven(month, fail), fromTable, dryRun: values['dry-run'] ?? false, json };
    }
    case 'status':
      return {
        verb,
        monthsAhead: settings.ensure?.monthsAhead ?? 0,
        keepMonths: settings.retention?.keepMonths,
        graceDays: settings.retention?.graceDays ?? 0,
        json,
      };
  }
}
