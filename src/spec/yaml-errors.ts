import type { ErrorCode, YAMLError } from 'yaml';
import { escapeControl, looksLikeDsn, NOT_SHOWN, shorten } from './problem.ts';

/** What a spec's author should read instead of the parser's words. */
const SENTENCES: Partial<Record<ErrorCode, string>> = {
  BAD_DQ_ESCAPE: 'found an unknown escape in double quotes; allowed: single quotes, or \\\\ for a backslash',
  BAD_SCALAR_START: 'found a value that starts with a character reserved by YAML; allowed: such a value in quotes',
  DUPLICATE_KEY: 'found this key a second time; allowed: each key once',
  MULTIPLE_DOCS: 'found a second document; allowed: one document in a file',
  NON_STRING_KEY: 'found a list or a map as a key; allowed: a name as a key',
  RESOURCE_EXHAUSTION: 'found lists or maps nested too deeply; allowed: the few levels that a spec has',
  TAB_AS_INDENT: 'found a tab as indentation; allowed: spaces',
  TAG_RESOLVE_FAILED: 'found a tag (!name); allowed: values without tags',
};

/** Errors that leave every key and value where its author put it. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set([
  'BAD_DQ_ESCAPE',
  'BAD_SCALAR_START',
  'DUPLICATE_KEY',
  'MULTIPLE_DOCS',
  'NON_STRING_KEY',
  'TAG_RESOLVE_FAILED',
]);

export const leavesTreeWhole = (code: ErrorCode): boolean => HARMLESS.has(code);

export function yamlSentence({ code, message }: YAMLError): string {
  // Some of the parser's messages quote the text.
  const reason = looksLikeDsn(message) ? NOT_SHOWN : escapeControl(shorten(message));
  const others = `found what YAML cannot read (${reason}); allowed: lines "key: value", list items "- value", text with special characters in quotes`;
  return SENTENCES[code] ?? others;
}
