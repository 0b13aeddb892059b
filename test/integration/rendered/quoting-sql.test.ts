import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { identifier, literal, qualified } from '../../../src/render/quoting.ts';
import { hostileText, samples } from '../../harness/render/hostile.ts';

const fits = (name: string) => Buffer.byteLength(name) <= 63;
const name = hostileText({ minLength: 1 }).filter((text) => text !== '' && fits(text));

describe.each(inject('servers'))('values come back whole from $label', ({ sockets, port }) => {
  const client = new pg.Client({ host: sockets, port, user: 'postgres', database: 'postgres' });
  beforeAll(() => client.connect());
  afterAll(() => client.end());

  /** One row of many columns, whose names are the identifiers that the server read. */
  const columns = async (names: readonly string[]) =>
    (
      await client.query({
        text: `select ${names.map((text) => `1 as ${identifier(text)}`).join(', ')}`,
        rowMode: 'array',
      })
    ).fields.map((field) => field.name);

  const values = async (expressions: readonly string[]): Promise<string[]> =>
    (
      await client.query({ text: `select unnest(array[${expressions.join(', ')}]::text[])`, rowMode: 'array' })
    ).rows.flat();

  test('identifier: a thousand names', async () => {
    const names = samples(name);
    expect(await columns(names)).toEqual(names);
  });

  test("identifier: quoted where, and as, the server's own quote_ident() does", async () => {
    const plain = fc.stringMatching(/^[a-zA-Z_][a-z0-9_]{0,20}$/);
    const { rows } = await client.query<{ word: string }>('select word from pg_get_keywords()');
    const names = [
      ...rows.map(({ word }) => word),
      ...samples(plain, 300),
      ...samples(
        name.filter((text) => !text.includes('$')),
        300,
      ),
    ];
    const { rows: quoted } = await client.query<{ text: string }>('select quote_ident(unnest($1::text[])) as text', [
      names,
    ]);
    const words = quoted.map(({ text }) => text);
    // A keyword of another major version is quoted too.
    expect(
      names.filter((text, index) => identifier(text) !== words[index] && identifier(text) !== `"${words[index]}"`),
    ).toEqual([]);
  });

  test('literal: a thousand strings, with either meaning of backslashes', async () => {
    const strings = samples(hostileText());
    for (const setting of ['on', 'off']) {
      await client.query(`set standard_conforming_strings = ${setting}; set escape_string_warning = off`);
      expect(await values(strings.map(literal))).toEqual(strings);
    }
    await client.query('reset all');
  });

  test('both: inside a dollar-quoted body, whatever its tag', async () => {
    const strings = samples(hostileText(), 300);
    const names = samples(name, 300);
    const body = `begin return array[${strings.map(literal).join(', ')}]; end`;
    await client.query(
      `create function pg_temp.strings() returns text[] language plpgsql as $function$${body}$function$`,
    );
    const { rows } = await client.query<{ strings: string[] }>('select pg_temp.strings() as strings');
    expect(rows[0]?.strings).toEqual(strings);
    const list = names.map((text) => `1 as ${identifier(text)}`).join(', ');
    await client.query(
      `do $$ begin create temporary table own as select ${names.length} as n; perform ${list}; end $$`,
    );
  });

  test('qualified: both halves', async () => {
    const halves = samples(
      fc.tuple(name, name).filter((pair) => pair.every((half) => !/[."]/.test(half))),
      100,
    );
    const { rows } = await client.query<{ parts: string[] }>(
      'select parse_ident(text) as parts from unnest($1::text[]) as text',
      [halves.map((pair) => pair.map((half) => `"${half}"`).join('.'))],
    );
    expect(rows.map(({ parts }) => parts)).toEqual(halves);
    for (const pair of halves) expect(qualified(pair.join('.'))).toBe(pair.map(identifier).join('.'));
  });
});
