/** One row of the glossary. */
export type Entry = {
  /** The words, as `attach, detach, drop` has three. */
  readonly words: readonly string[];
  /** Words that no document may have. */
  readonly avoided: readonly string[];
  /** Words that are avoided in some places alone, which a note in brackets names. */
  readonly avoidedInPlaces: readonly string[];
};

/** The section of a document below a heading of the second level, without the heading; undefined if there is none. */
export function sectionOf(markdown: string, heading: string): string | undefined {
  return markdown
    .split(/^## /m)
    .find((section) => section.startsWith(`${heading}\n`))
    ?.slice(heading.length);
}

/** The rows of all tables `Word | Meaning | Not` of a text. */
export function readGlossary(markdown: string): Entry[] {
  const rows = [...markdown.matchAll(/^\| (.+) \| (.+) \| (.+) \|$/gm)].filter(
    ([, word = '']) => !/^(?:Word|-+)$/.test(word),
  );
  return rows.map(([, words = '', , not = '']) => {
    const all = list(not);
    return {
      words: list(words),
      avoided: all.filter((one) => !one.includes('(')),
      avoidedInPlaces: all.filter((one) => one.includes('(')),
    };
  });
}

/** Splits at the commas that stand outside of brackets. */
const list = (cell: string): string[] => cell.split(/, (?![^(]*\))/).map((one) => one.trim());

/** Where a text has an avoided word, in singular or plural: the word, and what stands around it. */
export function avoidedIn(text: string, entries: readonly Entry[]): string[] {
  return entries.flatMap(({ avoided, words }) =>
    avoided.flatMap((word) =>
      [...text.matchAll(new RegExp(`(?<![\\w-])${word.replaceAll(' ', '\\s+')}s?(?![\\w-])`, 'gi'))].map(
        ({ index }) =>
          `${word} (say ${words.join(' or ')}): …${text.slice(Math.max(0, index - 30), index + 40).replaceAll('\n', ' ')}…`,
      ),
    ),
  );
}
