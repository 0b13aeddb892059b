import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { blockNames, fillBlocks } from '../../src/build/blocks.ts';
import { DOCUMENT_BLOCKS } from '../../src/build/documents.ts';
import { EXIT_MEANINGS } from '../../src/errors.ts';

const documents = Object.entries(DOCUMENT_BLOCKS).map(([path, blocks]) => ({
  path,
  blocks,
  text: readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'),
}));

test.each(documents)('$path has each of its generated blocks once', ({ text, blocks }) => {
  expect(blockNames(text).sort()).toEqual(Object.keys(blocks).sort());
});

test.each(documents)('every generated block of $path is current (fix: npm run docs)', ({ text, blocks }) => {
  expect(text).toBe(fillBlocks(text, blocks));
});

test('a block keeps its markers and what stands around it', () => {
  const document = 'a\n<!-- generated: x -->\nold\n<!-- end -->\nb\n<!-- generated: x -->\n<!-- end -->\n';
  expect(fillBlocks(document, { x: () => 'new $1\n' })).toBe(
    'a\n<!-- generated: x -->\nnew $1\n<!-- end -->\nb\n<!-- generated: x -->\nnew $1\n<!-- end -->\n',
  );
});

test.each(['y', 'toString'])('the block %s, which nothing generates, is refused', (name) => {
  const document = `<!-- generated: ${name} -->\n<!-- end -->`;
  expect(() => fillBlocks(document, { x: () => '' })).toThrow(`found the generated block ${name}; allowed: x`);
});

test('the table of exit codes has every code', () => {
  const rows = DOCUMENT_BLOCKS['README.md']?.['exit-codes']?.().trimEnd().split('\n').slice(2);
  expect(rows).toEqual(EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`));
});
