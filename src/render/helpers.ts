import * as quoting from './quoting.ts';

/** What Handlebars hands to a helper beside its argument. */
type HelperCall = {
  readonly name: string;
  /** The argument as the template spells it (Handlebars' `trackIds`). */
  readonly ids: readonly unknown[];
  readonly loc: { readonly start: { readonly line: number } };
  /** Handlebars' `@` names. */
  readonly data: object;
  readonly fn: (context: unknown, options?: { readonly data: object }) => string;
  readonly inverse: (context: unknown) => string;
};

type Helper = (this: unknown, value: unknown, call: HelperCall) => string;

/** Handlebars' strict mode ignores the arguments of helpers: a missing name, null or an object would render as nothing. */
function wrong(value: unknown, call: HelperCall, wanted: string): never {
  const found =
    value === undefined ? 'nothing' : value === null ? 'null' : Array.isArray(value) ? 'a list' : typeof value;
  throw new TypeError(`line ${call.loc.start.line}: {{${call.name} ${call.ids[0]}}} takes ${wanted}, found ${found}`);
}

const quotedText =
  (quote: (value: string) => string): Helper =>
  (value, call) => {
    if (typeof value !== 'string') wrong(value, call, 'text');
    if (/\p{Surrogate}/u.test(value)) wrong(value, call, 'Unicode text without half characters');
    return quote(value);
  };

const shellWord = quotedText(quoting.shell);

/**
 * The closed list of helpers: every interpolation in a template passes one of those named for the language it is
 * written into, and the four blocks take nothing that the view does not have.
 */
export const helpers = {
  shell: shellWord,
  cron: quotedText(quoting.cron),
  cronFields: quotedText(quoting.cronFields),
  unit: quotedText(quoting.unit),
  word: quotedText(quoting.word),
  tmpfiles: quotedText(quoting.tmpfiles),
  program: quotedText(quoting.program),
  exec: quotedText(quoting.exec),
  unitName: quotedText(quoting.unitName),
  identifier: quotedText(quoting.identifier),
  qualified: quotedText(quoting.qualified),
  monthly: quotedText(quoting.monthly),
  literal: quotedText(quoting.literal),
  environment: quotedText(quoting.environment),
  comment: quotedText(quoting.comment),
  markdown: quotedText(quoting.markdown),
  code: quotedText(quoting.code),
  json: quotedText(JSON.stringify),
  /** A command: a list of words, each quoted for the shell. */
  command(value, call) {
    if (!Array.isArray(value)) wrong(value, call, 'a list of words');
    return value.map((word) => shellWord.call(this, word, call)).join(' ');
  },
  integer(value, call) {
    if (!Number.isSafeInteger(value)) wrong(value, call, 'a whole number');
    return String(value);
  },
  if(value, call) {
    if (typeof value !== 'boolean') wrong(value, call, 'true or false');
    return value ? call.fn(this) : call.inverse(this);
  },
  unless(value, call) {
    if (typeof value !== 'boolean') wrong(value, call, 'true or false');
    return value ? call.inverse(this) : call.fn(this);
  },
  /** Renders the block inside the value, or nothing (or the else branch) for `false`, as in the spec. */
  with(value, call) {
    if (value === undefined || value === null || value === true) wrong(value, call, 'a value or false');
    return value === false ? call.inverse(this) : call.fn(value);
  },
  each(value, call) {
    if (!Array.isArray(value)) wrong(value, call, 'a list');
    if (value.length === 0) return call.inverse(this);
    const last = value.length - 1;
    const at = (index: number) => ({ data: { ...call.data, first: index === 0, last: index === last } });
    return value.map((item, index) => call.fn(item, at(index))).join('');
  },
} as const satisfies Readonly<Record<string, Helper>>;
