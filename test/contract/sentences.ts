/** The longest sentence that a reader takes in at first sight, in words. */
export const MOST_WORDS = 22;

const MARKDOWN_BLOCKS = /^( *)```[\s\S]*?\n *```$/gm;

/** Prose of a generated file: a runbook's text without its code blocks, and any other file's comments. Paragraphs end at blank lines. */
function prose(path: string, contents: string): string {
  const lines = contents.split('\n').slice(2);
  if (path.endsWith('.md'))
    return lines
      .join('\n')
      .replace(MARKDOWN_BLOCKS, '\n\n')
      .replace(/^\|.*$/gm, (row) => row.replaceAll('|', '\n\n'))
      .replace(/^ *(?:[-#]+|\d+\.) /gm, '\n\n');
  const comment = path.endsWith('.sql') ? /^ *--(?: |$)(.*)/ : /^#(?: |$)(.*)/;
  return lines.map((line) => comment.exec(line)?.[1] ?? '').join('\n');
}

/** Sentences of a generated file that have more words than a sentence may. Code spans, quoted words and paths count as one word. */
export function longSentences(path: string, contents: string): string[] {
  return prose(path, contents)
    .split(/\n\s*\n/)
    .flatMap((paragraph) => paragraph.replace(/`[^`]*`/g, 'code').split(/(?<=[.:;!?])\s+/))
    .map((sentence) => sentence.replace(/\s+/g, ' ').trim())
    .filter((sentence) => sentence.split(' ').length > MOST_WORDS);
}
