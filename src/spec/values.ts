import * as z from 'zod';
import { DURATION_PATTERN, formatDuration, parseDuration } from '../duration.ts';
import { AppError } from '../errors.ts';
import { wholeNumberFrom } from '../options.ts';
import { LARGEST_SIZE, parseSize, SIZE_PATTERN } from '../size.ts';
import { parseSchedule } from './schedule.ts';

/*
 * The kinds of values that a spec holds. Each carries one sentence that tells what to write; it is the message of every
 * issue of that value, behind "allowed:". Titles name the kind in the JSON Schema and in the README's table.
 */

/** Control characters, line separators and lone surrogates: each of them breaks one of the generated languages. */
const CONTROL = '\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff';

/** systemd takes a trailing backslash for a continued line, and drops trailing white space. */
const CLEAN_END = '(?<![\\s\\\\])$';

const ABSOLUTE_PATH = new RegExp(`^(?:/(?!\\.{1,2}(?:/|$))[^/${CONTROL}]+)+${CLEAN_END}`, 'u');
const QUALIFIED_NAME = new RegExp(`^[^${CONTROL}".]+\\.[^${CONTROL}".]+${CLEAN_END}`, 'u');
const SET_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const USER_NAME = /^[a-z_][a-z0-9_-]{0,30}$/;
const UNIT_NAME = /^(?:[A-Za-z0-9:_.-]|%[nNp])+(?:@(?:[A-Za-z0-9:_.-]|%[nNp])+)?\.(?:service|target)$/;

const MAXIMAL_DURATION = 24 * 60 * 60 * 1000;

const bytes = (text: string): number => new TextEncoder().encode(text).length;

const text = (title: string, pattern: RegExp, allowed: string) =>
  z.string(allowed).regex(pattern, allowed).meta({ title });

const PATH_ALLOWED =
  'an absolute path (at most 1000 bytes, 255 in each part) without "..", "//", control characters, or a slash, backslash or space at its end';

export const absolutePath = text('absolute path', ABSOLUTE_PATH, PATH_ALLOWED).refine(
  (path) => bytes(path) <= 1000 && path.split('/').every((part) => bytes(part) <= 255),
  PATH_ALLOWED,
);

const NAME_ALLOWED =
  'schema.name as the catalog spells it: no quotes, no other dot, at most 63 bytes on each side, no control characters';

/** `schema.name`, each half as the catalog has it. */
export const qualifiedName = text('schema.name', QUALIFIED_NAME, NAME_ALLOWED).refine(
  (name) => name.split('.').every((half) => bytes(half) <= 63),
  NAME_ALLOWED,
);

const DURATION_ALLOWED = `a time span from 1ms to ${formatDuration(MAXIMAL_DURATION)}, such as 50ms, 30s or 5min`;

/** Read as text, kept as milliseconds. */
export const duration = text('time span', DURATION_PATTERN, DURATION_ALLOWED)
  .refine((written) => isUsable(parseDuration(written) ?? 0), DURATION_ALLOWED)
  .transform((written) => parseDuration(written) ?? 0);

const isUsable = (milliseconds: number): boolean => milliseconds > 0 && milliseconds <= MAXIMAL_DURATION;

const SIZE_ALLOWED = 'a size from 1B to 1024TB, such as 500MB or 10GB (1kB is 1024 bytes, as PostgreSQL counts)';

/** Read as text, kept as bytes. */
export const size = text('size', SIZE_PATTERN, SIZE_ALLOWED)
  .refine((written) => isPossible(parseSize(written) ?? 0), SIZE_ALLOWED)
  .transform((written) => parseSize(written) ?? 0);

const isPossible = (bytes: number): boolean => bytes > 0 && bytes <= LARGEST_SIZE;

/** A cron expression, kept as it is written. The issue's message is the whole sentence that parseSchedule throws. */
export const schedule = z
  .string('one cron expression in quotes, such as "15 0 * * *"')
  .superRefine((expression, context) => {
    try {
      parseSchedule(expression);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.addIssue({ code: 'custom', message: error.message, params: { isSentence: true } });
    }
  })
  .meta({ title: 'cron expression' });

export const setName = text(
  'name',
  SET_NAME,
  'lower-case letters, digits and inner hyphens, at most 100 of them, such as scanner-artifact-boms',
).max(100, 'at most 100 characters');

export const userName = text(
  'user name',
  USER_NAME,
  'a user name: lower-case letters, digits, _ and -, at most 31, not starting with a digit or hyphen',
);

export const groupName = text(
  'group name',
  USER_NAME,
  'a group name: lower-case letters, digits, _ and -, at most 31, not starting with a digit or hyphen',
);

export const unitName = text(
  'unit name',
  UNIT_NAME,
  'the name of a .service or .target; %n, %N and %p in it stand for the job that failed, such as alert@%n.service',
);

/** An address or a network, as IPAddressAllow= takes them (systemd.resource-control(5)). */
export const address = z
  .union(
    [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
    'an IP address or network, such as 10.0.0.5, 10.0.0.0/24 or fd00::5',
  )
  .meta({ title: 'IP address or network' });

export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }) {
  const allowed = wholeNumberFrom({ min, max });
  return z.int(allowed).min(min, allowed).max(max, allowed);
}

export const flag = z.boolean('true or false');

export function choice<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`);
}

/** A map with exactly these keys. */
export function map<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, `a map with the keys ${Object.keys(shape).join(', ')}`);
}

/** A job that may be switched off. */
export function orFalse<Job extends z.ZodObject>(job: Job) {
  return z.union([job, z.literal(false)], `false, or a map with the keys ${Object.keys(job.shape).join(', ')}`);
}
