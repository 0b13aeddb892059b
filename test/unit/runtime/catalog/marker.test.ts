import fc from 'fast-check';
import { expect, test } from 'vitest';
import packageJson from '../../../../package.json' with { type: 'json' };
import { markedBounds, markedInstant, markerText, readMarker } from '../../../../src/runtime/catalog/marker.ts';
import { commentSql } from '../../../../src/runtime/shared/ddl.ts';
import { VERSION } from '../../../../src/runtime/shared/version.ts';
import { at } from '../partitions.ts';

const marker = {
  set: 'boms',
  table: 's.t',
  partition: 's.t_2025_01',
  oid: 4711,
  from: markedInstant(at('2025-01-01')),
  to: markedInstant(at('2025-02-01')),
  at: '2026-11-23T08:00:00.000Z',
  until: '2026-11-30T08:00:00.000Z',
  comment: null,
};

test('the marker says with which version it was made', () => {
  expect(VERSION).toBe(packageJson.version);
});

test('whatever the names and the earlier comment are, it is read as it was written', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(text, text, fc.option(text), (table, partition, comment) => {
      for (const restoring of [undefined, marker.at]) {
        const written = { ...marker, table, partition, comment, ...(restoring === undefined ? {} : { restoring }) };
        expect(readMarker(markerText(written))).toEqual({ formatVersion: 2, ...written, version: VERSION });
      }
    }),
  );
});

test('a marker of 0.1.0 stays readable, and promises nothing', () => {
  const { until, ...first } = marker;
  const written = `hotlookup ${JSON.stringify({ ...first, version: '0.1.0' })}`;
  expect(readMarker(written)).toEqual({ ...first, until: undefined, version: '0.1.0' });
  expect(readMarker(`hotlookup ${JSON.stringify({ ...first, until, version: '0.1.0' })}`)).toMatchObject({
    until: undefined,
  });
});

test('helpers of 0.1.0 do not take it for theirs', () => {
  expect(markerText(marker)).not.toMatch(/^hotlookup \{/);
});

test.each([
  ['no comment', null],
  ['a comment of somebody else', 'hotlookup is great'],
  ['another JSON', 'hotlookup {"set": "boms"}'],
  ['a marker that was cut off', markerText(marker).slice(0, -1)],
  ['a time that is none', markerText({ ...marker, at: 'yesterday' })],
  ['a restore at no time', markerText({ ...marker, restoring: 'now' })],
  ['no object', 'hotlookup null'],
  ['a marker without an end', markerText(marker).replace('"until"', '"since"')],
  ['a marker of a later form', markerText(marker).replace('"formatVersion":2', '"formatVersion":3')],
])('%s is no marker', (_, comment) => {
  expect(readMarker(comment)).toBeUndefined();
});

test('bounds without end stay without end', () => {
  expect(markedBounds({ from: markedInstant(-Infinity), to: markedInstant(at('2025-02-01')) })).toEqual({
    from: -Infinity,
    to: at('2025-02-01'),
  });
});

test('comments are quoted', () => {
  expect(commentSql({ schema: 'S', name: 'a"b' }, `it's \\`)).toBe(`COMMENT ON TABLE "S"."a""b" IS  E'it''s \\\\'`);
  expect(commentSql({ schema: 's', name: 't' }, null)).toBe('COMMENT ON TABLE "s"."t" IS NULL');
});
