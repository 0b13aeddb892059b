import { expect, test } from 'vitest';
import { AppError } from '../../../src/errors.ts';
import { fillIn } from '../../../src/render/engine.ts';

const SCRIPT = 'devops/scripts/SET-retention.sh';
const own = { marker: 'm', table: 't', envFile: '/e', retention: { script: 's', keepMonths: 12 } };

test('an error names the template, the line and the name', () => {
  expect(() => fillIn(SCRIPT, { ...own, retention: { script: 's' } })).toThrow(
    `templates/${SCRIPT}.hbs: line 6: {{integer retention.keepMonths}} takes a whole number, found nothing`,
  );
});

test('an error in a partial names the partial, and the template that it is part of', () => {
  expect(() => fillIn(SCRIPT, own)).toThrow(
    new RegExp(`^templates/${SCRIPT}\\.hbs: templates/partials/run-helper\\.hbs: line \\d+: {{shell node}} takes text`),
  );
});

test("a value that a language cannot hold is the spec's fault, not the template's", () => {
  expect(() => fillIn(SCRIPT, { ...own, table: 'a\nb' })).toThrow(AppError);
});

test('a template that is not there is named', () => {
  expect(() => fillIn('no/such', {})).toThrow('templates/no/such.hbs was not there when this program was built');
});
