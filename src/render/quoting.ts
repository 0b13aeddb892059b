import { AppError } from '../errors.ts';
import { SQL_KEYWORDS } from './sql-keywords.ts';

/*
 * One function for each language that values are written into. Each gives text that the language's interpreter reads back as
 * exactly the value, or throws an AppError (exit code 3) where the language has no way to write it.
 */

const CONTROL = /[\x00-\x1f\x7f]/;

function refuse(value: string, language: string, reason: string): never {
  throw new AppError('configuration', `${JSON.stringify(value)} cannot stand in ${language}: ${reason}`, {
    advice: 'Change this value in the spec.',
  });
}

function refuseControl(value: string, language: string): void {
  if (CONTROL.test(value)) refuse(value, language, 'it has a line break or another control character');
}

/** One word for sh or bash, in single quotes if it needs any. NUL is refused. */
export function shell(value: string): string {
  if (value.includes('\0')) refuse(value, 'a shell script', 'it has a NUL character');
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/**
 * One word of a command in a crontab. cron turns `%` into a line break unless a backslash stands before it, and looks at
 * nothing else; so outside the shell's quotes each `%` gets one, whatever stands before it inside them (crontab(5)).
 */
export function cron(value: string): string {
  refuseControl(value, 'a cron file');
  const word = shell(value);
  return word.startsWith("'") ? word.replaceAll('%', "'\\%'") : word.replaceAll('%', '\\%');
}

/** Fields of a crontab line before its command: a schedule, a user. They cannot be quoted. */
export function cronFields(value: string): string {
  if (!/^[\w*,/-]+( [\w*,/-]+)*$/.test(value)) refuse(value, 'a cron file', 'it is no schedule and no user name');
  return value;
}

/** A value that systemd takes raw to the end of the line, with its specifiers off (systemd.syntax(7), systemd.unit(5)). */
export function unit(value: string): string {
  refuseControl(value, 'a systemd unit');
  if (value === '') refuse(value, 'a systemd unit', 'it is empty, which resets the setting');
  if (value.trim() !== value) refuse(value, 'a systemd unit', 'systemd drops white space at its ends');
  if (value.endsWith('\\')) refuse(value, 'a systemd unit', 'the backslash at its end would join the next line to it');
  return value.replaceAll('%', '%%');
}

/** One word of a list in a unit, such as ExecPaths=, with specifiers off. NUL is refused. */
export function word(value: string): string {
  if (value.includes('\0')) refuse(value, 'a systemd unit', 'it has a NUL character');
  const safe = /^[\w@%+=:,./$-]+$/.test(value) ? value : JSON.stringify(value);
  return safe.replaceAll('%', '%%');
}

/** The path of a line in tmpfiles.d(5), with specifiers off. NUL is refused. */
export function tmpfiles(value: string): string {
  if (value.includes('\0')) refuse(value, 'a tmpfiles.d file', 'it has a NUL character');
  return JSON.stringify(value).replaceAll('%', '%%');
}

/** The program of an Exec= line: systemd expands no variables in it, and takes no quotes and no backslash for a part of it. */
export function program(value: string): string {
  refuseControl(value, 'a systemd unit');
  if (/["'\\]/.test(value))
    refuse(value, 'a systemd unit', 'the path of a program may hold no quotes and no backslash');
  return word(value);
}

/** One argument of an Exec= line, with specifiers and variables off (systemd.service(5), "Command lines"). NUL is refused. */
export function exec(value: string): string {
  return word(value).replaceAll('$', '$$$$');
}

/** A unit's name in which specifiers such as %n keep their meaning. */
export function unitName(value: string): string {
  if (!/^(?:[\w:.@-]|%[nNpPiI])+$/.test(value)) refuse(value, 'a systemd unit', 'it is not the name of a unit');
  return value;
}

/** `\` and `$` as code points: a `$` could end the dollar-quoted function body that the text stands in. */
const unicode = (text: string) => text.replaceAll('\\', '\\\\').replaceAll('$', '\\0024');

/** One SQL identifier, quoted as PostgreSQL's quote_ident() does; it may stand in a dollar-quoted body too. */
export function identifier(value: string): string {
  if (value === '' || value.includes('\0')) refuse(value, 'SQL', 'a name is at least one character, none of them NUL');
  if (Buffer.byteLength(value) > 63) refuse(value, 'SQL', 'PostgreSQL cuts names at 63 bytes');
  if (/^[a-z_][a-z0-9_]*$/.test(value) && !SQL_KEYWORDS.has(value)) return value;
  const quoted = `"${value.replaceAll('"', '""')}"`;
  return value.includes('$') ? `U&${unicode(quoted)}` : quoted;
}

/** `schema.name` of the catalog as SQL. */
export function qualified(value: string): string {
  const parts = value.split('.');
  if (parts.length !== 2) refuse(value, 'SQL', 'it is not of the form schema.name');
  return parts.map(identifier).join('.');
}

/** The partition of `schema.name` for one month as SQL, with `YYYY_MM` where the reader puts the month. */
export function monthly(value: string): string {
  const table = qualified(value);
  return table.endsWith('"') ? `${table.slice(0, -1)}_YYYY_MM"` : `${table}_YYYY_MM`;
}

/** A SQL string literal, whatever standard_conforming_strings is; it may stand in a dollar-quoted body too. NUL is refused. */
export function literal(value: string): string {
  if (value.includes('\0')) refuse(value, 'SQL', 'it has a NUL character');
  const quoted = `'${value.replaceAll("'", "''")}'`;
  return /[\\$]/.test(value) ? `E${quoted.replaceAll('\\', '\\\\').replaceAll('$', '\\x24')}` : quoted;
}

/**
 * A value in an environment file, in single quotes: systemd, sh and bash all read what stands in them as it is, so that a person can put
 * a password there unchanged. A single quote stands between double ones, as systemd does not know the shell's `'\\''`. NUL is refused.
 */
export function environment(value: string): string {
  if (value.includes('\0')) refuse(value, 'an environment file', 'it has a NUL character');
  return `'${value.replaceAll("'", `'"'"'`)}'`;
}

/** Text for a comment that ends with its line. */
export function comment(value: string): string {
  refuseControl(value, 'a comment');
  return value;
}

/** Text of a Markdown paragraph or table cell (GitHub's flavour), read as it stands. */
export function markdown(value: string): string {
  refuseControl(value, 'a line of Markdown');
  return value.replace(/[\\`*_[\]<>&|~$]|^[#+=-]|(?<=^\d+)[.)]/g, '\\$&');
}

/** A Markdown code span. A table cell ends at `|` even inside one, so such a value becomes the same in HTML. */
export function code(value: string): string {
  refuseControl(value, 'a line of Markdown');
  if (value.includes('|'))
    return `<code>${value.replace(/[^A-Za-z0-9]/gu, (sign) => `&#${sign.codePointAt(0)};`)}</code>`;
  const longest = Math.max(0, ...(value.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^`|`$|^ .*[^ ].* $/.test(value) ? ' ' : '';
  return `${fence}${pad}${value}${pad}${fence}`;
}
