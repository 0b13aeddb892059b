import { codeBlocks } from '../harness/render/code-blocks.ts';

/** What a Markdown document refers to and can be referred by. */
export type Markdown = {
  /** Targets of links and images, as they are written. */
  readonly links: readonly string[];
  /** What `#…` of a link can name: its headings, as GitHub spells them, and its HTML anchors. */
  readonly anchors: readonly string[];
  /** Code spans and the lines of fenced code. */
  readonly code: readonly string[];
  /** The text without code, links' targets, comments and generated blocks. */
  readonly prose: string;
};

const GENERATED = /^<!-- generated: [\s\S]*?^<!-- end -->$/gm;
const FENCED = /^( *)```[\s\S]*?^\1```$/gm;
/** As many backticks at the end as at the start; it may go over a line break, but not over an empty line. */
const SPAN = /(?<!`)(`+)(?!`)((?:(?!\n\s*\n)[\s\S])+?)(?<!`)\1(?!`)/g;
const COMMENT = /<!--[\s\S]*?-->/g;
/** `[text](target "title")`, where the target may stand in angle brackets. */
const INLINE = /\]\(\s*(?:<([^>]*)>|([^\s()]*(?:\([^\s()]*\))?[^\s()]*))(?:\s+["'][^"']*["'])?\s*\)/g;
const REFERENCE = /^ {0,3}\[[^\]]+\]:\s+<?([^\s>]+)>?/gm;
const HTML = /<(?:a|img)\b[^>]*\b(?:href|src)="([^"]*)"/g;
const HTML_ANCHOR = /<\w+\b[^>]*\b(?:id|name)="([^"]*)"/g;

export function readMarkdown(text: string): Markdown {
  const spans: string[] = [];
  const withoutCode = text.replace(FENCED, '').replace(SPAN, (_, _ticks, span: string) => {
    spans.push(span.trim());
    return '`…`';
  });
  const visible = withoutCode.replace(COMMENT, '');
  return {
    links: [INLINE, REFERENCE, HTML].flatMap((pattern) =>
      [...visible.matchAll(pattern)].map(([, one, other]) => one ?? other ?? ''),
    ),
    anchors: [...headingAnchors(text), ...[...visible.matchAll(HTML_ANCHOR)].map(([, name]) => name ?? '')],
    code: [...spans, ...codeBlocks(text).flatMap((block) => block.text.split('\n'))],
    prose: withoutCode.replace(GENERATED, '').replace(COMMENT, '').replace(INLINE, ']').replace(REFERENCE, ''),
  };
}

/** GitHub's: lower case, no punctuation but `-` and `_`, blanks to `-`; a second one of the same name ends in `-1`. */
function headingAnchors(text: string): string[] {
  const seen = new Map<string, number>();
  return [...text.replace(FENCED, '').matchAll(/^#{1,6} (.*?)(?: #+)?$/gm)].map(([, heading = '']) => {
    const slug = heading
      .replace(/\]\([^)]*\)/g, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}
