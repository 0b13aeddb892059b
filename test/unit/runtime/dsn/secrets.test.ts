import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDsn } from '../../../../src/runtime/dsn/parse.ts';
import { dsnError, everythingOf } from './problems.ts';

/** Pieces that no message holds by chance, glued by what breaks a DSN in two. */
const pieces = fc.array(fc.stringMatching(/^zq[a-z0-9]{3,8}$/), { minLength: 1, maxLength: 4 });
const glue = fc.constantFrom(
  ';',
  '=',
  ';x=',
  '"',
  "'",
  '@',
  '/',
  '?',
  '#',
  '&',
  '%',
  ' ',
  ':',
  '\0',
  '\n',
  '; ',
  '";',
  '==',
);

/** Ways to write a DSN that is wrong in some other place as well, so that there is an error to look at. */
const forms: ReadonlyArray<(secret: string) => string> = [
  (secret) => `Host=h;Password=${secret};Pooling=perhaps`,
  (secret) => `Password=${secret};Hst=h`,
  (secret) => `Pooling=perhaps;SSL Password=${secret}`,
  (secret) => `Host=h;Password="${secret}";Port=x`,
  (secret) => `Host=h;Password='${secret};Port=x`,
  (secret) => `host=h user=u password=${secret}`,
  (secret) => `host=h user=u password='${secret}' port=x`,
  (secret) => `postgres://u:${secret}@h/d?surprise=1`,
  (secret) => `postgres://u:${secret}@h:x/d`,
  (secret) => `postgres://h/d?surprise=1&password=${secret}`,
];

test('no error shows any piece of a password', () => {
  fc.assert(
    fc.property(pieces, glue, fc.constantFrom(...forms), (parts, between, form) => {
      const text = form(parts.join(between));
      const shown = everythingOf(dsnError(text));
      for (const part of parts) expect(shown).not.toContain(part);
    }),
    { numRuns: 3_000 },
  );
});

test('a target that is printed does not show its passwords', () => {
  const target = parseDsn('Host=h;Password=zqsecret;SSL Password=zqsecret');
  expect(inspect(target, { depth: null, showHidden: true }) + JSON.stringify(target)).not.toContain('zqsecret');
});
