import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { README_BLOCKS } from '../../src/build/readme.ts';
import { blockNames, fillBlocks } from '../../src/build/readme-blocks.ts';
import { EXIT_MEANINGS } from '../../src/errors.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

test.each(Object.keys(README_BLOCKS))('the README has the generated block %s', (name) => {
  expect(blockNames(readme)).toContain(name);
});

test('every generated block of the README is current (fix: npm run docs)', () => {
  expect(readme).toBe(fillBlocks(readme, README_BLOCKS));
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
  const rows = README_BLOCKS['exit-codes']?.().trimEnd().split('\n').slice(2);
  expect(rows).toEqual(EXIT_MEANINGS.map(([code, meaning]) => `| ${code} | ${meaning} |`));
});
