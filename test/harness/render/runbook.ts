import { render } from '../../../src/render/render.ts';
import { type RawSpec, specSchema } from '../../../src/spec/schema.ts';
import { codeBlocks } from './code-blocks.ts';

/** The runbook of a spec, as Markdown. */
export function runbookOf(spec: RawSpec = {}): string {
  const page = render(specSchema.parse(spec), '').find(({ purpose }) => purpose.startsWith('Runbook'));
  if (!page) throw new Error('the spec renders no runbook');
  return page.contents;
}

/** Code blocks of one language in the section with that heading. */
export function blocksUnder(markdown: string, heading: string, language: string): string[] {
  const found = codeBlocks(markdown).filter((block) => block.language === language && block.under.includes(heading));
  return found.map(({ text }) => text);
}

/** What a reader does first: puts a month (2020-07) and the one after it in the place of the stand-ins. */
export function forMonth(text: string, month: string, next: string): string {
  return text.replaceAll('YYYY-MM', month).replaceAll('YYYY_MM', month.replace('-', '_')).replaceAll('ZZZZ-NN', next);
}

/** The statements of a block; none of the runbook's has a semicolon inside. */
export const statements = (block: string): string[] => block.split(/;\s*(?:\n|$)/).filter((one) => one.trim() !== '');
