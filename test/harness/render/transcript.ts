const END = '<!-- end -->';

/** The parts of the demo's output that README.md shows, by the word that each begins with. */
export type Excerpt = 'before' | 'after';

/** The fenced text between an excerpt's markers in a Markdown document; undefined without one. */
export function findExcerpt(markdown: string, name: Excerpt): string | undefined {
  const block = markdown.split(`<!-- transcript: ${name} -->`)[1]?.split(END)[0];
  return block && /^```\w*\n(.*)^```$/ms.exec(block)?.[1];
}

/** The two timelines in the demo's output, each from its word to the end of the chart; undefined where it is not once in it. */
export function timelineOf(output: string, name: Excerpt): string | undefined {
  const word = name === 'before' ? 'Before' : 'After';
  const [chart, ...more] = output.match(new RegExp(`\\b${word}: .*\\n\\n(?:.+\\n?)+`, 'g')) ?? [];
  return more.length === 0 ? chart : undefined;
}

/**
 * What two demos have in common, whenever and wherever they ran: months become their distance from the first month that
 * is named, and what depends on the day, the machine or the width of a month's name is masked.
 */
export function maskTranscript(text: string): string {
  const first = /\b(\d{4})[-_](\d{2})\b/.exec(text.replaceAll('_', '-'));
  const base = first ? monthNumber(first[1], first[2]) : 0;
  return text
    .replaceAll(/\S*\/hotlookup-demo-\w+/g, 'TREE')
    .replaceAll(/Port=\d+/g, 'Port=N')
    .replaceAll(/\b\d+(\.\d+)? (ms|s)\b/g, 'N s')
    .replaceAll(/\b\d+ days?\b/g, 'N days')
    .replaceAll(/(\d{4})([-_])(\d{2})(?!\d)/g, (_, year, separator, month) => {
      return `M${monthNumber(year, month) - base}${separator}`;
    })
    .replaceAll(
      /\b(January|February|March|April|May|June|July|August|September|October|November|December) \d{4}/g,
      'MONTH',
    )
    .replaceAll(/^( *(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)+$/gm, 'MONTHS')
    .replaceAll(/^( *\d{4})+$/gm, 'YEARS')
    .replaceAll(/[ \t]+/g, ' ')
    .trim();
}

function monthNumber(year: string | undefined, month: string | undefined): number {
  return Number(year) * 12 + Number(month);
}
