const NEWLINE = '\n\r';
const BLANK = ' \t\n\r';
const ESCAPED_IN_QUOTES = '"\\`$';

type State =
  | 'before key'
  | 'key'
  | 'before value'
  | 'value'
  | 'value escape'
  | 'single quotes'
  | 'double quotes'
  | 'double quotes escape'
  | 'comment'
  | 'comment escape';

/** A text without the unquoted, unescaped white space at its end, which begins at `end`. */
const upTo = (text: string, end: number | undefined) => (end === undefined ? text : text.slice(0, end));

/**
 * What an `EnvironmentFile=` defines, read by systemd's own rules (systemd.exec(5); a comment that ends in a backslash
 * ends with its line, as since systemd 254). No shell's rules: `$` and `%` stand for themselves, `export` is part of a
 * name. The last assignment of a name wins. Lines without `=` are passed over.
 */
export function parseEnvironmentFile(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  let state: State = 'before key';
  let key = '';
  let value = '';
  let keyEnd: number | undefined;
  let valueEnd: number | undefined;

  const assign = () => {
    variables.set(upTo(key, keyEnd), state === 'value' ? upTo(value, valueEnd) : value);
    key = '';
    value = '';
  };

  for (const character of text) {
    const newline = NEWLINE.includes(character);
    const blank = BLANK.includes(character);
    switch (state) {
      case 'before key':
        if ('#;'.includes(character)) state = 'comment';
        else if (!blank) {
          state = 'key';
          keyEnd = undefined;
          key = character;
        }
        break;
      case 'key':
        if (newline) state = 'before key';
        else if (character === '=') {
          state = 'before value';
          valueEnd = undefined;
        } else {
          keyEnd = blank ? (keyEnd ?? key.length) : undefined;
          key += character;
        }
        break;
      case 'before value':
        if (newline) {
          assign();
          state = 'before key';
        } else if (character === "'") state = 'single quotes';
        else if (character === '"') state = 'double quotes';
        else if (character === '\\') state = 'value escape';
        else if (!blank) {
          state = 'value';
          value += character;
        }
        break;
      case 'value':
        if (newline) {
          assign();
          state = 'before key';
        } else if (character === '\\') {
          state = 'value escape';
          valueEnd = undefined;
        } else {
          valueEnd = blank ? (valueEnd ?? value.length) : undefined;
          value += character;
        }
        break;
      case 'value escape':
        state = 'value';
        if (!newline) value += character;
        break;
      case 'single quotes':
        if (character === "'") state = 'before value';
        else value += character;
        break;
      case 'double quotes':
        if (character === '"') state = 'before value';
        else if (character === '\\') state = 'double quotes escape';
        else value += character;
        break;
      case 'double quotes escape':
        state = 'double quotes';
        if (ESCAPED_IN_QUOTES.includes(character)) value += character;
        else if (character !== '\n') value += `\\${character}`;
        break;
      case 'comment':
        if (character === '\\') state = 'comment escape';
        else if (newline) state = 'before key';
        break;
      case 'comment escape':
        state = newline ? 'before key' : 'comment';
        break;
    }
  }
  if (!['before key', 'key', 'comment', 'comment escape'].includes(state)) assign();
  return variables;
}
