/** Ways to write a line that mean PG_DSN to people and not to systemd. What is told of them has no value in it. */
const WRONG: ReadonlyArray<readonly [form: RegExp, reason: string]> = [
  [/^\uFEFF\s*PG_DSN\s*=/, 'begins with a byte order mark'],
  [/^\s*export\s+PG_DSN\s*=/, 'begins with export, which only a shell knows'],
  [/^\s*(?:set|setenv|declare|local|typeset)\s+(?:-\S+\s+)?PG_DSN\b/, 'begins with a word that only a shell knows'],
  [/^\s*PG_DSN\s*:/, 'has a colon where = must be'],
  [/^\s*["']PG_DSN["']?\s*[=:]/, 'has quotes around the name'],
  [/^\s*\$?\{?pg_dsn\}?\s*=/i, 'does not spell the name PG_DSN as it is'],
];

/** Which line of an environment file is meant to define PG_DSN and does not, and why; undefined if there is none. Lines count from 1. */
export function ignoredLine(text: string): string | undefined {
  const lines = text.split(/\r\n|[\n\r]/);
  for (const [index, line] of lines.entries()) {
    const [, reason] = WRONG.find(([form]) => form.test(line)) ?? [];
    if (reason !== undefined) return `line ${index + 1} ${reason}`;
  }
  return undefined;
}

/** systemd writes such a line into the journal, with all that it says. */
export const ROTATE = 'rotate the password: systemd has logged this line in the journal if a job has run since';
