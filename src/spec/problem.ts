/** One error of a spec, at a line (from 1) and a path such as `partitionSets[0].ensure.schedule`. */
export type Problem = {
  readonly line: number;
  readonly path: string;
  /** `found …; allowed: …` */
  readonly sentence: string;
};

export type SpecPath = ReadonlyArray<string | number>;

/** The path of what belongs to no key. */
const DOCUMENT = 'document';

/** A path as people write it. Keys that are no plain words are quoted. */
export function writePath(path: SpecPath): string {
  const steps = path.map((step) => {
    if (typeof step === 'number') return `[${step}]`;
    return /^[\w-]{1,60}$/.test(step) ? `.${step}` : `[${show(step)}]`;
  });
  return steps.join('').replace(/^\./, '') || DOCUMENT;
}

const LONGEST_SHOWN = 100;

export const shorten = (text: string): string =>
  text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;

/** Text without anything that would steer a terminal or break a line. */
export const escapeControl = (text: string): string =>
  text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );

export const quote = (text: string): string => escapeControl(JSON.stringify(shorten(text)));

/** Stands where a secret could. */
export const NOT_SHOWN = '(not shown)';

/** Whether a key or a value looks like a way into a database: it is not shown, and belongs into the environment file. */
export const looksLikeDsn = (text: string): boolean =>
  /dsn|passw|pwd|connection_?string|database_?url|postgres(?:ql)?:\/\//i.test(text);

/** A found value in a few words. */
export function show(value: unknown): string {
  if (value === undefined) return 'no such key';
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value !== 'string') return String(value);
  return looksLikeDsn(value) ? `a text that looks like a connection string ${NOT_SHOWN}` : quote(value);
}
