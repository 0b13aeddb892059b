import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findDocuments, ROOT } from './documents.ts';
import { avoidedIn, readGlossary, sectionOf } from './glossary.ts';
import { readMarkdown } from './markdown.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PAGE = 'src/README.md';
const words = sectionOf(read(PAGE), 'Words') ?? '';
const entries = readGlossary(words);
const documents = findDocuments();

test('the glossary has the words of each part of the project', () => {
  expect(entries.length).toBeGreaterThan(50);
  expect(entries.flatMap((entry) => entry.words)).toEqual(
    expect.arrayContaining([
      'spec',
      'partition set',
      'job',
      'artifact',
      'cutoff',
      'grace',
      'runway',
      'role',
      'host',
      'drift',
    ]),
  );
});

test('each word is there once, and none is avoided elsewhere', () => {
  const all = entries.flatMap((entry) => entry.words);
  expect(all.filter((word, index) => all.indexOf(word) !== index)).toEqual([]);
  expect(entries.flatMap(({ avoided }) => avoided).filter((word) => all.includes(word))).toEqual([]);
});

test.each(documents)('%s has no avoided word', (path) => {
  const text = path === PAGE ? read(PAGE).replace(words, '') : read(path);
  expect(avoidedIn(readMarkdown(text).prose, entries)).toEqual([]);
});

test('an avoided word is found in singular and plural, a note in brackets lets it pass', () => {
  const glossary =
    '| Word | Meaning | Not |\n| --- | --- | --- |\n| role, member | who | account, user (in a database, or so), log in |\n';
  const [entry] = readGlossary(glossary);
  expect(entry).toEqual({
    words: ['role', 'member'],
    avoided: ['account', 'log in'],
    avoidedInPlaces: ['user (in a database, or so)'],
  });
  const found = (text: string) => avoidedIn(text, readGlossary(glossary)).length;
  expect(found('Accounts of users log\nin.')).toBe(2);
  expect(found('An accountant of a user-account.')).toBe(0);
});
