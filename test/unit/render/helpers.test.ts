import Handlebars from 'handlebars';
import { describe, expect, test } from 'vitest';
import { helpers } from '../../../src/render/helpers.ts';

const engine = Handlebars.create();
engine.registerHelper(helpers);
const options = {
  strict: true,
  noEscape: true,
  trackIds: true,
  knownHelpersOnly: true,
  knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])) as typeof helpers &
    Record<string, boolean>,
};
const fillIn = (source: string, view: object) => engine.compile(source, options)(view);

const view = {
  text: 'a b',
  number: 3,
  on: true,
  off: false,
  list: ['x', 'y'],
  none: [],
  inner: { name: 'z' },
  nothing: null,
  words: ['sudo', 'a b', '', '--x=1'],
  mixed: ['sudo', 3],
};

describe('blocks', () => {
  test.each([
    ['{{#if on}}yes{{else}}no{{/if}}', 'yes'],
    ['{{#if off}}yes{{else}}no{{/if}}', 'no'],
    ['{{#unless off}}yes{{else}}no{{/unless}}', 'yes'],
    ['{{#with inner}}{{shell name}} {{shell ../text}} {{shell @root.text}}{{/with}}', "z 'a b' 'a b'"],
    ['{{#with off}}yes{{else}}no{{/with}}', 'no'],
    ['{{#each list}}{{shell this}}{{#unless @last}},{{/unless}}{{/each}}', 'x,y'],
    ['{{#each list}}{{#if @first}}first {{/if}}{{shell this}} {{/each}}', 'first x y '],
    ['{{#each none}}yes{{else}}no{{/each}}', 'no'],
    ['{{integer number}}', '3'],
    ['{{command words}}', "sudo 'a b' '' --x=1"],
  ])('%s', (source, expected) => {
    expect(fillIn(source, view)).toBe(expected);
  });
});

describe('what a view does not have, or what is of another kind, is an error that names it', () => {
  test.each([
    ['{{shell missing}}', '{{shell missing}} takes text, found nothing'],
    ['{{shell inner.missing}}', '{{shell inner.missing}} takes text, found nothing'],
    ['{{shell constructor}}', '{{shell constructor}} takes text, found nothing'],
    ['{{shell nothing}}', '{{shell nothing}} takes text, found null'],
    ['{{shell inner}}', '{{shell inner}} takes text, found object'],
    ['{{shell list}}', '{{shell list}} takes text, found a list'],
    ['{{shell number}}', '{{shell number}} takes text, found number'],
    ['{{integer text}}', '{{integer text}} takes a whole number, found string'],
    ['{{command text}}', '{{command text}} takes a list of words, found string'],
    ['{{command mixed}}', '{{command mixed}} takes text, found number'],
    ['{{command missing}}', '{{command missing}} takes a list of words, found nothing'],
    ['{{#if missing}}x{{/if}}', '{{if missing}} takes true or false, found nothing'],
    ['{{#if nothing}}x{{/if}}', '{{if nothing}} takes true or false, found null'],
    ['{{#if inner}}x{{/if}}', '{{if inner}} takes true or false, found object'],
    ['{{#unless missing}}x{{/unless}}', '{{unless missing}} takes true or false, found nothing'],
    ['{{#each missing}}x{{/each}}', '{{each missing}} takes a list, found nothing'],
    ['{{#each inner}}x{{/each}}', '{{each inner}} takes a list, found object'],
    ['{{#with missing}}x{{/with}}', '{{with missing}} takes a value or false, found nothing'],
    ['{{#with nothing}}x{{/with}}', '{{with nothing}} takes a value or false, found null'],
    ['line one\n{{#if on}}\n{{shell missing}}\n{{/if}}', 'line 3: {{shell missing}}'],
  ])('%s', (source, message) => {
    expect(() => fillIn(source, view)).toThrow(message);
  });

  test('half of a character', () => {
    expect(() => fillIn('{{shell text}}', { text: 'a\ud800' })).toThrow('without half characters');
  });

  test('a number that is not whole', () => {
    for (const number of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => fillIn('{{integer number}}', { number })).toThrow('takes a whole number');
  });
});
