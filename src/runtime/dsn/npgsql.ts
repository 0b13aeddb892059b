import { findKey } from './keys.ts';
import type { Reading, Setting } from './settings.ts';
import { describeUnknown } from './unknown.ts';

// The grammar of System.Data.Common.DbConnectionStringBuilder, which Npgsql builds on.
const BLANK = /[\s;]*/y;
const KEY = /((?:[^=]|==)+)=(?!=)\s*/y;
const QUOTED = /(?:"((?:[^"]|"")*)"|'((?:[^']|'')*)')\s*(?:;|$)/y;
const UNQUOTED = /([^;]*)(?:;|$)/y;

type Pair = { readonly key: string; readonly value: string | undefined };

function read(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** The value that starts at `at` and where the next pair starts; undefined if its quotes are wrong. */
function readValue(text: string, at: number): { value: string | undefined; end: number } {
  const opening = text[at];
  if (opening === '"' || opening === "'") {
    const quoted = read(QUOTED, text, at);
    if (!quoted) return { value: undefined, end: text.length };
    const value = quoted[1]?.replaceAll('""', '"') ?? quoted[2]?.replaceAll("''", "'");
    return { value, end: at + quoted[0].length };
  }
  const match = read(UNQUOTED, text, at);
  const value = match?.[1]?.trim() ?? '';
  return { value: /["']$/.test(value) ? undefined : value, end: at + (match?.[0].length ?? 0) };
}

function* pairsOf(text: string): Generator<Pair> {
  for (let at = 0; ; ) {
    at += read(BLANK, text, at)?.[0].length ?? 0;
    if (at >= text.length) return;
    const key = read(KEY, text, at);
    if (!key) {
      yield { key: '', value: undefined };
      return;
    }
    const { value, end } = readValue(text, at + key[0].length);
    yield { key: (key[1] ?? '').replaceAll('==', '=').trim(), value };
    at = end;
  }
}

/** Reads `Key=Value;…`. Never throws: what is wrong comes back as problems. */
export function readNpgsql(text: string): Reading {
  const settings: Setting[] = [];
  const problems: string[] = [];
  let previous = '';
  let afterSecret = false;
  for (const { key: label, value } of pairsOf(text)) {
    const key = findKey(label);
    if (!key) problems.push(describeUnknown(label, { previous, afterSecret }));
    else if (value === undefined) {
      problems.push(`the value of ${label} has a quote that is not closed, or that is followed by more text`);
    } else settings.push({ key, label, value });
    // What follows a password may be the rest of one that lacks its quotes, so it is not shown either.
    if (key) afterSecret = key.name === 'Password' || key.name === 'SSL Password';
    if (key) previous = label;
  }
  return { settings, problems };
}
