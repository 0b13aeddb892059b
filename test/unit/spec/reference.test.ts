import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { allFields, specFields } from '../../../src/spec/fields.ts';
import { loadSpec } from '../../../src/spec/load.ts';
import { commentedSpec, jsonSchema, specTable } from '../../../src/spec/reference.ts';
import { specSchema } from '../../../src/spec/schema.ts';

const fields = allFields(specFields());

describe('the spec that init writes', () => {
  test('loads to the default spec', () => {
    expect(loadSpec(commentedSpec(), 'hotlookup.yaml')).toEqual(specSchema.parse({}));
  });

  test('leaves nothing to defaults but what has none', () => {
    const written: unknown = parse(commentedSpec());
    expect(specSchema.parse(written)).toEqual(specSchema.parse({}));
    const top = specFields().filter(({ schema }) => schema.default !== undefined);
    expect(Object.keys(Object(written))).toEqual(top.map(({ name }) => name));
  });

  test('explains every key just above it', () => {
    const lines = commentedSpec().split('\n');
    for (const { name, schema } of fields) {
      const texts = lines.map((line) => line.replace(/^[ #]*/, ''));
      const at = texts.findIndex((text) => [text, text.replace(/ \([^()]*\)$/, '')].includes(`${schema.description}`));
      expect(lines[at + 1]?.replace(/^[ #-]*/, ''), name).toMatch(new RegExp(`^${name}:`));
    }
  });

  test('still loads with its examples taken in', () => {
    const spec = loadSpec(
      commentedSpec()
        .replace(/^( *)# (node|onFailure|maxDrops|maxDropBytes):/gm, '$1$2:')
        .replace(/^# (metrics:| {2}.*)$/gm, '$1'),
      'hotlookup.yaml',
    );
    expect(spec).toMatchObject({
      node: '/usr/bin/node',
      onFailure: 'alert@%n.service',
      metrics: { directory: '/var/lib/prometheus/node-exporter', group: 'prometheus' },
      partitionSets: [{ retention: { maxDrops: 3, maxDropBytes: 100 * 1024 ** 3 } }],
    });
  });

  test('binds the schema for editors in its first line', () => {
    expect(commentedSpec()).toMatch(/^# yaml-language-server: \$schema=hotlookup\.schema\.json\n/);
  });
});

describe('the table', () => {
  test('has a row for every key, with a meaning', () => {
    const rows = specTable().trimEnd().split('\n').slice(2);
    expect(rows).toHaveLength(fields.length);
    rows.forEach((row, index) => {
      expect(row).toMatch(/^\| `[^`]+` \| .+ \| .+ \| .+ \|$/);
      expect(row).toContain(`\`${fields[index]?.path}\``);
    });
  });

  test.each([
    ['| `database.access` | `localhost`, `remote`, `socket` | `localhost` | How'],
    ['| `partitionSets[].ensure.monthsAhead` | 0 to 120 | `1` | How'],
    ['| `partitionSets[].retention` | map, `false` | required | The'],
    ['| `node` | absolute path | none | The'],
    ['| `metrics` | map | none | Where'],
    ['| `metrics.group` | group name | `prometheus` | Group'],
  ])('%s …', (start) => {
    expect(specTable()).toContain(start);
  });
});

describe('the JSON Schema', () => {
  test('describes every key and knows no other', () => {
    expect(fields.filter(({ schema }) => !schema.description)).toEqual([]);
    expect(
      fields.every(
        ({ isRequired, schema, fields: fieldsBelow }) =>
          isRequired || schema.default !== undefined || schema.examples || fieldsBelow.length > 0,
      ),
    ).toBe(true);
    expect(jsonSchema().match(/"additionalProperties": false/g)).toHaveLength(7);
  });

  test('has patterns that a reader in Unicode mode understands', () => {
    for (const [, pattern] of jsonSchema().matchAll(/"pattern": (".*")/g))
      expect(() => new RegExp(JSON.parse(pattern ?? ''), 'u')).not.toThrow();
  });
});
