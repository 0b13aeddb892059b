import { parseArgs } from 'node:util';
import { AppError } from '../../errors.ts';
import { OPTIONS } from '../../options.ts';
import { misplaced, PERSON_OPTIONS } from './person-options.ts';
import type { Command, EnsureCommand, RestoreCommand, RetentionCommand, Settings, StatusCommand } from './settings.ts';
import { usageLine } from './usage.ts';
import { type Fail, monthGiven, size, tableName, wholeNumber } from './values.ts';
import { isVerb, VERBS, type Verb } from './verbs.ts';

/** How many arguments follow a verb at the most. */
const MOST_ARGUMENTS: Readonly<Record<Verb, number>> = { ensure: 1, retention: 2, plan: 1, status: 0, restore: 1 };

/** A value that is given twice is refused: nobody can tell which one was meant. */
function parseUser(args: readonly string[], fail: Fail) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: PERSON_OPTIONS,
      allowPositionals: true,
      strict: true,
      tokens: true,
    });
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

/** What stands behind the verb. */
type Given = {
  readonly settings: Settings;
  readonly rest: readonly string[];
  readonly values: ReturnType<typeof parseUser>['values'];
  readonly fail: Fail;
};

/**
 * What the person asked for, from the words after `--`: a verb, its arguments, options. `help` wins over everything.
 * @throws AppError with exit code 2 and the usage line.
 */
export function parseCommand(settings: Settings, args: readonly string[]): Command | 'help' {
  const named: Verb | undefined = args.find(isVerb);
  const fail: Fail = (problem) => {
    throw new AppError('usage', problem, { advice: usageLine(settings, named) });
  };
  const { values, positionals } = parseUser(args, fail);
  if (values.help) return 'help';
  const [verb, ...rest] = positionals;
  if (!isVerb(verb)) return fail(`the verb must be one of ${VERBS.join(', ')}, not ${JSON.stringify(verb ?? '')}`);
  const most = MOST_ARGUMENTS[verb];
  if (rest.length > most) return fail(`${verb} takes at most ${most} arguments, not ${rest.length}`);
  const other = misplaced(values, verb);
  if (other) return fail(`--${other.name} belongs to ${other.verbs.join(' and ')}`);
  const given = { settings, rest, values, fail };
  switch (verb) {
    case 'ensure':
      return ensureCommand(given);
    case 'plan':
    case 'retention':
      return retentionCommand(given);
    case 'restore':
      return restoreCommand(given);
    case 'status':
      return statusCommand(given);
  }
}

function ensureCommand({ settings, rest, values, fail }: Given): EnsureCommand {
  const job = settings.ensure ?? fail(`the ensure job of ${settings.set} is switched off in its spec`);
  const [months = `${job.monthsAhead}`] = rest;
  const monthsAhead = wholeNumber(months, 'MONTHS_AHEAD', OPTIONS.monthsAhead, fail);
  return { verb: 'ensure', function: job.function, monthsAhead, json: values.json ?? false };
}

/** `plan` is retention's dry run. */
function retentionCommand({ settings, rest, values, fail }: Given): RetentionCommand {
  const job = settings.retention ?? fail(`the retention job of ${settings.set} is switched off in its spec`);
  const [months = `${job.keepMonths}`, dryRun = 'true'] = rest;
  const keepMonths = wholeNumber(months, 'KEEP_MONTHS', OPTIONS.keepMonths, fail);
  if (dryRun !== 'true' && dryRun !== 'false')
    return fail(`DRY_RUN must be true or false, not ${JSON.stringify(dryRun)}`);
  const {
    'allow-drops': drops,
    'allow-drop-bytes': bytes,
    'apply-grace-days': applyGraceDays = false,
    json = false,
  } = values;
  const allowDrops = drops === undefined ? undefined : wholeNumber(drops, '--allow-drops', OPTIONS.maxDrops, fail);
  const allowDropBytes = bytes === undefined ? undefined : size(bytes, '--allow-drop-bytes', fail);
  const allowed = { allowDrops, allowDropBytes, applyGraceDays, allowIdle: values['allow-idle'] ?? false };
  return { ...job, verb: 'retention', keepMonths, dryRun: dryRun === 'true', ...allowed, json };
}

function restoreCommand({ rest: [text = ''], values, fail }: Given): RestoreCommand {
  const { 'from-table': table, 'dry-run': dryRun = false, json = false } = values;
  const fromTable = table === undefined ? undefined : tableName(table, fail);
  return { verb: 'restore', month: monthGiven(text, fail), fromTable, dryRun, json };
}

function statusCommand({ settings: { ensure, retention }, values }: Given): StatusCommand {
  return {
    verb: 'status',
    idle: retention?.idle ?? true,
    monthsAhead: ensure?.monthsAhead ?? 0,
    keepMonths: retention?.keepMonths,
    graceDays: retention?.graceDays ?? 0,
    json: values.json ?? false,
  };
}
