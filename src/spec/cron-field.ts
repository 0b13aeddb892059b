import { AppError } from '../errors.ts';

/** One of the five fields of a cron expression and the values that it may have. */
export type Field = {
  readonly label: string;
  readonly min: number;
  readonly max: number;
  /** The greatest number that may be written; day of week knows 7 as a second Sunday. */
  readonly written: number;
  /** Three-letter names, the first one stands for `min`. */
  readonly names: readonly string[];
};

const NAMES_OF_DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const NAMES_OF_MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

export const MINUTE: Field = { label: 'minute', min: 0, max: 59, written: 59, names: [] };
export const HOUR: Field = { label: 'hour', min: 0, max: 23, written: 23, names: [] };
export const DAY_OF_MONTH: Field = { label: 'day of month', min: 1, max: 31, written: 31, names: [] };
export const MONTH: Field = { label: 'month', min: 1, max: 12, written: 12, names: NAMES_OF_MONTHS };
export const DAY_OF_WEEK: Field = { label: 'day of week', min: 0, max: 6, written: 7, names: NAMES_OF_DAYS };

/** What crontab(5) calls an item of a list: `*`, a value or a range, the first and the last with an optional step. */
const ITEM = /^(?:\*|(?<from>[0-9]+|[a-z]{3})(?:-(?<to>[0-9]+|[a-z]{3}))?)(?:\/(?<step>[0-9]+))?$/i;

/** The one form of every error about a schedule, so that it fits behind the path of a spec's key. */
export function refuse(found: string, allowed: string): never {
  throw new AppError('configuration', `found ${found}; allowed: ${allowed}`, {
    advice: 'see crontab(5) for the form of a schedule',
  });
}

/** The values that a field's text stands for, ascending, each once. Throws AppError for what crontab(5) does not know. */
export function readField(text: string, field: Field): number[] {
  const values = new Set(text.split(',').flatMap((item) => readItem(item, field)));
  return [...values].sort((a, b) => a - b);
}

function readItem(item: string, field: Field): number[] {
  const { from, to, step } = ITEM.exec(item)?.groups ?? refuseItem(item, field);
  if (step !== undefined && from !== undefined && to === undefined)
    refuse(quote(item, field), `a range before the step, such as ${from}-${field.written}/${step} (crons disagree)`);
  const first = from === undefined ? field.min : readValue(from, field);
  const last = to === undefined ? (from === undefined ? field.max : first) : readValue(to, field);
  if (first > last) refuse(quote(item, field), `a range from the smaller to the greater value, or a list`);
  return steps(first, last, readStep(step, field)).map((value) => (value > field.max ? field.min : value));
}

function readValue(text: string, field: Field): number {
  const name = field.names.indexOf(text.toLowerCase());
  const value = name < 0 ? Number(text) : name + field.min;
  return value >= field.min && value <= field.written ? value : refuse(quote(text, field), range(field));
}

function readStep(text: string | undefined, field: Field): number {
  const step = Number(text ?? 1);
  return step >= 1 && step <= field.written ? step : refuse(`the step ${text}`, `a step from 1 to ${field.written}`);
}

function refuseItem(item: string, field: Field): never {
  const isQuartz = /[LW#?]/i.test(item) && !/[a-z]{3}/i.test(item);
  const reason = isQuartz ? '; cron, systemd and pg_cron have no L, W, # or ?' : '';
  return refuse(quote(item, field), `${range(field)}, lists (1,3), ranges (1-5), steps (*/2)${reason}`);
}

function steps(first: number, last: number, step: number): number[] {
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
}

const quote = (text: string, { label }: Field): string => `${JSON.stringify(text)} as the ${label}`;

const range = ({ min, written, names }: Field): string =>
  names.length === 0 ? `${min} to ${written}` : `${min} to ${written} or ${names[0]} to ${names.at(-1)}`;
