import fc from 'fast-check';

/** What some language of the rendered files gives a meaning to. */
const PIECES = [
  ...'\\\'"`$%&|;<>(){}[]*?!#~^=+-,.:@/_ \t',
  '\\\\',
  '%%',
  '%n',
  '$$',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a shell's variable
  '${HOME}',
  '$(id)',
  '`id`',
  "'\\''",
  '$function$',
  '--',
  '/*',
  '-->',
  'ü',
  '漢',
  '🐘',
  ' ',
  'select',
  'Table',
  '0',
];

/** The password that must survive everything. */
export const HOSTILE_PASSWORD = 'a;b"c\'d $e %f\\g';

/** Text of any characters but NUL (and, where `lines` is false, control characters) with many that have a meaning somewhere. */
export function hostileText({ lines = true, minLength = 0 } = {}): fc.Arbitrary<string> {
  const pieces = [...PIECES.filter((piece) => lines || piece !== '\t'), ...(lines ? ['\n', '\r', '\x01', '\x7f'] : [])];
  const piece = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...pieces) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme-composite', minLength: 1, maxLength: 3 }) },
  );
  return fc
    .array(piece, { minLength, maxLength: 12 })
    .map((parts) => parts.join(''))
    .filter((text) => !text.includes('\0') && (lines || !/[\x00-\x1f\x7f]/.test(text)));
}

/** Many values for one process: starting an interpreter for each would take minutes. The fixed seed makes runs repeatable. */
export const samples = <Value>(arbitrary: fc.Arbitrary<Value>, count = 1000): Value[] =>
  fc.sample(arbitrary, { numRuns: count, seed: 20_260_210 });
