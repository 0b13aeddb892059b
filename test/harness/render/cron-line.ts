/**
 * The command that cron hands to /bin/sh: it cuts at the first `%` without a backslash before it, and drops the backslash
 * of the others (Debian's cron 3.0pl1 and cronie, do_command.c, which this follows step by step).
 */
export function cronCommand(line: string): string {
  let command = '';
  let escaped = false;
  for (const character of line) {
    if (escaped) {
      if (character === '%') command = command.slice(0, -1);
      escaped = false;
    } else if (character === '\\') escaped = true;
    else if (character === '%') return command;
    command += character;
  }
  return command;
}
