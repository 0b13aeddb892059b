import { parseArgs } from 'node:util';
import { AppError, EXIT } from '../errors.ts';
import type { Command, Settings } from './settings.ts';
import { isVerb, usageLine, VERBS, type Verb } from './usage.ts';

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean' },
  'allow-drops': { type: 'string' },
} as const;

type Fail = (problem: string) => never;

/** A whole number as people write it: no sign, no leading zero, no white space, no other spelling. */
function wholeNumber(text: string, what: string, least: number, most: number, fail: Fail): number {
  const number = /^(?:0|[1-9]\d{0,5})$/.test(text) ? Number(text) : -1;
  if (number >= least && number <= most) return number;
  return fail(`${what} must be a whole number from ${least} to ${most}, not ${JSON.stringify(text)}`);
}

function parseUser(args: readonly string[], fail: Fail) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
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
  const atMost = { ensure: 1, retention: 2, status: 0 }[verb];
  if (rest.length > atMost) return fail(`${verb} takes at most ${atMost} arguments, not ${rest.length}`);
  if (values['allow-drops'] !== undefined && verb !== 'retention') return fail('--allow-drops belongs to retention');
  const json = values.json ?? false;

  switch (verb) {
    case 'ensure': {
      const job = settings.ensure ?? fail(`the ensure job of ${settings.set} is switched off in its spec`);
      const [months = `${job.monthsAhead}`] = rest;
      return { verb, function: job.function, monthsAhead: wholeNumber(months, 'MONTHS_AHEAD', 0, 120, fail), json };
    }
    case 'retention': {
      const job = settings.retention ?? fail(`the retention job of ${settings.set} is switched off in its spec`);
      const [months = `${job.keepMonths}`, dryRun = 'true'] = rest;
      const keepMonths = wholeNumber(months, 'KEEP_MONTHS', 1, 1200, fail);
      if (dryRun !== 'true' && dryRun !== 'false')
        return fail(`DRY_RUN must be true or false, not ${JSON.stringify(dryRun)}`);
      const allowed = values['allow-drops'];
      const allowDrops = allowed === undefined ? undefined : wholeNumber(allowed, '--allow-drops', 1, 999_999, fail);
      return { ...job, verb, keepMonths, dryRun: dryRun === 'true', allowDrops, allowDropBytes: undefined, json };
    }
    case 'status':
      return {
        verb,
        monthsAhead: settings.ensure?.monthsAhead ?? 0,
        keepMonths: settings.retention?.keepMonths,
        json,
      };
  }
}
