import { readPort } from './endpoints.ts';
import { findKey, type Key, normalise } from './keys.ts';
import type { Endpoint } from './target.ts';

/** One key and its value as they were found; `label` is how the writer of the DSN spelled the key. */
export type Setting = { readonly key: Key; readonly label: string; readonly value: string };

/** What a reader of one of the forms found. Problems are sentences without values. */
export type Reading = {
  readonly settings: readonly Setting[];
  readonly problems: readonly string[];
  /** Given by the URI form, whose hosts are not written as the key `Host`. */
  readonly endpoints?: readonly Endpoint[];
};

const BOOLEANS = ['true', 'false'];
const LARGEST = 2_147_483_647;

const words = (kind: Key['kind']): readonly string[] | undefined =>
  kind === 'boolean' ? BOOLEANS : typeof kind === 'string' ? undefined : kind;

const isNumber = (value: string, kind: 'integer' | 'count'): boolean =>
  (kind === 'count' ? /^\d{1,10}$/ : /^-?\d{1,10}$/).test(value) && Math.abs(Number(value)) <= LARGEST;

/** What is wrong with a value, in words that do not repeat it; undefined if nothing is. */
export function problemOf({ key, label, value }: Setting): string | undefined {
  if (value.includes('\0')) return `${label} holds a NUL character, which PostgreSQL cannot take`;
  if (key.refusedAlways) return `${label} cannot be honoured: ${key.refusedAlways}`;
  const allowed = words(key.kind);
  if (allowed) {
    const word = allowed.find((candidate) => normalise(candidate) === normalise(value.trim()));
    if (!word) return `${label} must be one of: ${allowed.join(', ')}`;
    const reason = key.refused?.[word];
    return reason && `${label}=${word} cannot be honoured: ${reason}`;
  }
  if (key.kind === 'count' && !isNumber(value, key.kind)) return `${label} must be a whole number, 0 or more`;
  if (key.kind === 'integer' && !isNumber(value, key.kind)) return `${label} must be a whole number`;
  if (key.kind === 'port' && !readPort(value)) return `${label} must be a number from 1 to 65535`;
  return undefined;
}

/** Read access by Npgsql's name; the last of repeated keys wins, and an empty value unsets the key. */
export type DsnSettings = {
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  flag(name: string): boolean;
  /** The value as one of `allowed`. */
  word<Word extends string>(name: string, allowed: readonly Word[]): Word | undefined;
};

export function settingsOf(list: readonly Setting[]): DsnSettings {
  const values = new Map<Key, string>();
  for (const { key, value } of list) {
    if (value === '') values.delete(key);
    else values.set(key, value);
  }
  const text = (name: string) => {
    const key = findKey(name);
    return key && values.get(key);
  };
  return {
    text,
    number: (name) => (text(name) === undefined ? undefined : Number(text(name))),
    flag: (name) => text(name)?.trim().toLowerCase() === 'true',
    word: (name, allowed) => allowed.find((word) => normalise(word) === normalise(text(name)?.trim() ?? '')),
  };
}
