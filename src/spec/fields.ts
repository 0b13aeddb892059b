import * as z from 'zod';
import { specSchema } from './schema.ts';

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** One key of a spec, as the schema describes it. */
export type Field = {
  readonly name: string;
  /** From the top, such as `partitionSets[].ensure.schedule`. */
  readonly path: string;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
  /** The keys below: of the map, of each map in the list, or of the job that may also be false. */
  readonly fields: readonly Field[];
};

/** The JSON Schema of what a person writes. */
export function inputSchema(): JsonSchema {
  return z.toJSONSchema(specSchema, {
    io: 'input',
    // zod leaves out the examples of what is written as text and kept as a number; ours are of the text.
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}

/** Every key that a spec may have, as a tree. */
export function specFields(schema: JsonSchema = inputSchema()): Field[] {
  return fieldsOf(schema, '');
}

/** The tree's keys in one list, each before those below it. */
export function allFields(fields: readonly Field[]): Field[] {
  return fields.flatMap((field) => [field, ...allFields(field.fields)]);
}

function fieldsOf(schema: JsonSchema, parent: string): Field[] {
  const object = mapIn(schema);
  const prefix = parent + (schema.type === 'array' ? '[]' : '') + (parent === '' ? '' : '.');
  return Object.entries(object?.properties ?? {}).flatMap(([name, property]) => {
    if (!isSchema(property)) return [];
    const isRequired = object?.required?.includes(name) ?? false;
    const path = prefix + name;
    return [{ name, path, schema: property, isRequired, fields: fieldsOf(property, path) }];
  });
}

function mapIn(schema: JsonSchema): JsonSchema | undefined {
  if (schema.properties) return schema;
  return [schema.items, schema.anyOf].flat().filter(isSchema).map(mapIn).find(isSchema);
}

/** JSON Schema also knows `true` and `false` as schemas; a spec's has none. */
export function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === 'object' && schema !== null;
}
