import { describe, expect, test } from 'vitest';
import { brokenLinks, type Files, missingPaths } from './documents.ts';
import { readMarkdown } from './markdown.ts';

const TEXTS: Readonly<Record<string, string>> = {
  'README.md': '# Start\n',
  'docs/README.md': '# The docs\n## Exit `codes`\n## Twice\n## Twice\n<a id="by-hand"></a>\n',
  'docs/deep/file.ts': '',
  'docs/with space.md': '',
};
const files: Files = {
  find(path) {
    if (Object.hasOwn(TEXTS, path)) return { text: TEXTS[path] };
    return Object.keys(TEXTS).some((name) => name.startsWith(`${path}/`)) ? { text: undefined } : undefined;
  },
};

describe('links', () => {
  test.each([
    '[a](docs/README.md)',
    '[a](docs/README.md "A title")',
    '[a](./docs/)',
    '![a](docs/deep/file.ts)',
    '[a](<docs/with space.md>)',
    '[a](docs/with%20space.md)',
    '[a](docs/README.md#exit-codes)',
    '[a](docs#the-docs)',
    '[a](docs/README.md#twice-1)',
    '[a](docs/README.md#by-hand)',
    '[a](#here)',
    '[a][b]\n\n[b]: docs/README.md\n',
    '<a href="docs/README.md">a</a>',
    '[a](https://example.org/nothing)',
    '`[a](gone.md)`',
    '```md\n[a](gone.md)\n```',
    '<!-- [a](gone.md) -->',
  ])('%s leads somewhere', (text) => {
    expect(brokenLinks('PAGE.md', `## Here\n${text}\n`, files)).toEqual([]);
  });

  test.each([
    ['[a](gone.md)', 'nothing is there'],
    ['[`a`](docs/gone.md)', 'nothing is there'],
    ['[a\nb](gone.md)', 'nothing is there'],
    ['![a](gone.png)', 'nothing is there'],
    ['[a](docs/readme.md)', 'nothing is there'],
    ['[a](<docs/without space.md>)', 'nothing is there'],
    ['[a][b]\n\n[b]: gone.md\n', 'nothing is there'],
    ['<a href="gone.md">a</a>', 'nothing is there'],
    ['[a](/docs/README.md)', 'not relative'],
    ['[a](../elsewhere.md)', 'outside of the repository'],
    ['[a](#there)', 'no heading of PAGE.md has this anchor'],
    ['[a](docs/README.md#exit-code)', 'no heading of docs/README.md has this anchor'],
    ['[a](docs/README.md#twice-2)', 'no heading of docs/README.md has this anchor'],
  ])('%s does not', (text, problem) => {
    expect(brokenLinks('PAGE.md', `## Here\n${text}\n`, files)).toEqual([expect.stringContaining(problem)]);
  });

  test('are relative to the document', () => {
    expect(brokenLinks('docs/deep/A.md', '[a](../../README.md) [b](../README.md)', files)).toEqual([]);
    expect(brokenLinks('docs/deep/A.md', '[a](README.md)', files)).toHaveLength(1);
  });
});

describe('paths in code', () => {
  test.each(['`docs/deep/file.ts`', '`deep/file.ts`', '`docs/`', '```sh\ncat docs/deep/file.ts # a\n```'])(
    '%s exists',
    (text) => {
      expect(missingPaths('docs/README.md', `${text}\n`, files)).toEqual([]);
    },
  );

  test.each(['`docs/gone.ts`', '`deep/gone/`', '`gone.ts`', '`other/file.ts`', '```sh\ncat docs/gone.ts # a\n```'])(
    '%s does not',
    (text) => {
      expect(missingPaths('docs/README.md', `${text}\n`, files)).toHaveLength(1);
    },
  );

  test.each([
    '`/etc/hosts`',
    '`docs/<name>.ts`',
    '`docs/*.ts`',
    '`postgres://a/b`',
    '`docs/…/file.ts`',
    'docs/gone.ts',
  ])('%s is none', (text) => {
    expect(missingPaths('docs/README.md', text, files)).toEqual([]);
  });

  test("of a page that is no folder's README only those of the repository count", () => {
    expect(missingPaths('PAGE.md', '`other/file.ts` `deep/file.ts`', files)).toEqual([]);
    expect(missingPaths('PAGE.md', '`docs/gone.ts`', files)).toEqual(['PAGE.md: docs/gone.ts']);
  });
});

test('prose has no code, targets, comments and generated blocks', () => {
  const text =
    'One `two` [three](four.md).\n<!-- five -->\n```\nsix\n```\n<!-- generated: seven -->\neight\n<!-- end -->\nnine\n';
  expect(readMarkdown(text).prose.match(/\w+/g)).toEqual(['One', 'three', 'nine']);
});
