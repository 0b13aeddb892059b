import { closest, distance } from 'fastest-levenshtein';

const FARTHEST = 3;

const suggestion = (word: string, known: readonly string[], prefix: string): string => {
  const meant = closest(word, known);
  return meant && distance(word, meant) <= FARTHEST ? `; did you mean ${prefix}${meant}?` : '';
};

/**
 * What yargs says about wrong arguments, with what was probably meant. Its list of unknown arguments tells options from
 * words by nothing, so the arguments themselves are asked.
 */
export function explainUsage(
  message: string,
  argv: readonly string[],
  known: { readonly commands: readonly string[]; readonly options: readonly string[] },
): string {
  const names = /^Unknown arguments?: (.*)$/.exec(message)?.[1]?.split(', ') ?? [];
  const [first] = argv;
  if (names.length === 0 && !message.startsWith('Did you mean')) return message;
  if (first !== undefined && !first.startsWith('-') && !known.commands.includes(first))
    return `there is no command ${JSON.stringify(first)}${suggestion(first, known.commands, '')}`;
  return names
    .map((name) =>
      argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`))
        ? `there is no option --${name}${suggestion(name, known.options, '--')}`
        : `what is ${JSON.stringify(name)} for? This command takes options only`,
    )
    .join('\n');
}
