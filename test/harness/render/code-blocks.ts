export type CodeBlock = {
  readonly language: string;
  readonly text: string;
  /** The headings above it, outermost first. */
  readonly under: readonly string[];
};

/** The fenced code blocks of a Markdown text, without the indentation that a list gives them. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  let headings: string[] = [];
  let open: { indent: string; language: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const [, indent = '', language] = /^( *)```(\w*)$/.exec(line) ?? [];
    const [, signs, heading] = /^(#+) (.*)$/.exec(line) ?? [];
    if (open && language === '') {
      blocks.push({ language: open.language, text: open.lines.join('\n'), under: headings });
      open = undefined;
    } else if (open) open.lines.push(line.slice(open.indent.length));
    else if (language !== undefined) open = { indent, language, lines: [] };
    else if (signs !== undefined && heading !== undefined) headings = [...headings.slice(0, signs.length - 1), heading];
  }
  if (open) throw new Error(`a code block does not end: ${open.lines[0]}`);
  return blocks;
}
