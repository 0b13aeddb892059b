import { AppError } from '../errors.ts';

/** `<!-- generated: NAME -->` … `<!-- end -->`, each on a line of its own. */
const BLOCK = /^<!-- generated: (.+) -->\n([\s\S]*?)^<!-- end -->$/gm;

/** The text of each generated block, by the block's name. */
export type Blocks = Readonly<Record<string, () => string>>;

/** The document with the text of every block replaced. Throws AppError for a block that nothing generates. */
export function fillBlocks(document: string, blocks: Blocks): string {
  return document.replace(BLOCK, (_, name: string) => {
    const write = Object.hasOwn(blocks, name) ? blocks[name] : undefined;
    if (!write)
      throw new AppError(
        'configuration',
        `found the generated block ${name}; allowed: ${Object.keys(blocks).join(', ')}`,
      );
    return `<!-- generated: ${name} -->\n${write().trimEnd()}\n<!-- end -->`;
  });
}

/** Names of the generated blocks that a document has. */
export function blockNames(document: string): string[] {
  return [...document.matchAll(BLOCK)].map(([, name]) => name ?? '');
}
