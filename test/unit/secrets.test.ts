import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMask, secretsIn } from '../../src/secrets.ts';

/** What no message holds by chance, with what breaks connection strings and patterns apart. */
const secret = fc
  .tuple(
    fc.stringMatching(/^zq[a-z0-9]{4,8}$/),
    fc.constantFrom('', '"', "'", '$', '\\', '%', '@', '/', '.*', '(', 'ü', ' x'),
  )
  .map(([word, odd]) => `${word}${odd}${word}`);

/** The word that must not be seen, in whatever form the whole is written. */
const coreOf = (text: string) => text.slice(0, 6);

/** Where a secret may stand in what servers, files, the journal and other programs say. */
const SOURCES: ReadonlyArray<readonly [name: string, text: (secret: string) => string]> = [
  ['an Npgsql string', (one) => `Host=h;Username=u;Password="${one.replaceAll('"', '""')}";Database=d`],
  ['an Npgsql string in single quotes', (one) => `Host=h;Pwd='${one.replaceAll("'", "''")}';Database=d`],
  ['an unquoted Npgsql string', (one) => `Host=h;Username=u;PSW=${one.replaceAll(/["';]/g, '')};Database=d`],
  [
    'a line that systemd ignores',
    (one) =>
      `Ignoring invalid environment assignment 'export PG_DSN=Host=h;Password=${one.replaceAll(/["';]/g, '')}': /etc/x.env`,
  ],
  ['a URI', (one) => `could not connect to postgres://u:${encodeURIComponent(one)}@h/d`],
  ['a URI that nobody has encoded', (one) => `could not connect to postgresql://u:${one.replaceAll(/[\s]/g, '')}@h/d`],
  ['a URI with a query', (one) => `postgres://h/d?user=u&password=${encodeURIComponent(one)}&x=y`],
  ['the form of libpq', (one) => `connection to host=h password='${one.replaceAll(/[\\']/g, '\\$&')}' failed`],
  ['an environment', (one) => `PGPASSWORD=${one.replaceAll(/["']/g, '')}`],
  ['a certificate key', (one) => `SSL Password=${one.replaceAll(/["';]/g, '')};Host=h`],
  ['YAML', (one) => `password: ${JSON.stringify(one)}`],
];

test.each(SOURCES)('%s shows no secret, by its shape alone', (_, source) => {
  fc.assert(
    fc.property(secret, (one) => {
      expect(createMask()(source(one))).not.toContain(coreOf(one));
    }),
    { numRuns: 500 },
  );
});

const QUOTED: ReadonlyArray<readonly [name: string, text: (secret: string) => string]> = [
  ['as it is', (one) => `server says ${one}!`],
  ['encoded', (one) => `at ${encodeURIComponent(one)}`],
  ['as JSON', (one) => JSON.stringify({ said: one })],
  ['in an environment file', (one) => `X="${one.replaceAll(/[\\"`$]/g, '\\$&')}"`],
  ['with doubled quotes', (one) => `'${one.replaceAll("'", "''")}'`],
];

test.each(QUOTED)('a secret that is known is shown nowhere, quoted %s', (_, source) => {
  fc.assert(
    fc.property(secret, (one) => {
      const mask = createMask(secretsIn(`Host=h;Password="${one.replaceAll('"', '""')}"`).concat(one));
      expect(mask(source(one))).not.toContain(coreOf(one));
    }),
    { numRuns: 500 },
  );
});

test('what a connection string holds is found, decoded and as it stands', () => {
  expect(secretsIn('Host=h;Password="a""b;c";Database=d')).toContain('a"b;c');
  expect(secretsIn('postgres://u:p%40ss@h/d')).toEqual(expect.arrayContaining(['p%40ss', 'p@ss']));
  expect(secretsIn('export PG_DSN="Host=h;Password=zqsecret"')).toContain('zqsecret');
});

test('short secrets are masked within a connection string only, and nothing else is touched', () => {
  const mask = createMask(['a', 'abc']);
  expect(mask('abc a b Host=h;Password=abc;Database=a')).toBe('abc a b Host=h;Password=***;Database=a');
  for (const text of [
    'ensure boms: 1 created; runway 38 days, until 2027-01-01',
    'PG_DSN="Host=127.0.0.1;Port=5432;Username=hotlookup;Password=***"',
    'password authentication failed for user "maintainer"',
    'rotate the password: systemd has logged this line in the journal',
    '2026-11-26 10:00:00 user@1000.service: Started',
    'COMMENT ON TABLE "s"."t" IS \'hotlookup marker {"set":"boms"}\'',
  ])
    expect(mask(text)).toBe(text);
});
