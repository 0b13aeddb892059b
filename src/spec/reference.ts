import { stringify } from 'yaml';
import { allFields, type Field, inputSchema, isSchema, type JsonSchema, specFields } from './fields.ts';
import { at } from './loose.ts';

/*
 * What users read about the spec, all of it made from the schema: a new key appears in each of these texts.
 */

/** The JSON Schema for editors, as the text of a file. */
export function jsonSchema(): string {
  return `${JSON.stringify(inputSchema(), undefined, 2)}\n`;
}

/** A Markdown table of every key: its values, its default and its meaning. */
export function specTable(): string {
  const rows = allFields(specFields()).map((field) => [
    `\`${field.path}\``,
    values(field.schema),
    defaultWords(field),
    field.schema.description ?? '',
  ]);
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return [['Key', 'Values', 'Default', 'Meaning'], ['---', '---', '---', '---'], ...rows].map(line).join('');
}

function values(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.title) return schema.title;
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'integer') return `${schema.minimum} to ${schema.maximum}`;
  const items = [schema.items].flat().find(isSchema);
  if (items) return `list of ${items.title ?? 'maps'}`;
  return schema.anyOf ? 'map, `false`' : 'map';
}

function defaultWords({ schema, isRequired, fields }: Field): string {
  if (isRequired) return 'required';
  if (schema.default === undefined) return 'none';
  return fields.length > 0 ? 'see below' : `\`${JSON.stringify(schema.default)}\``.replaceAll('"', '');
}

const HEAD = `# yaml-language-server: $schema=hotlookup.schema.json
#
# The spec of hotlookup. Every key stands here with its default; leave out what you do not change.
# The first line gives an editor completion and checks, once there is that file: hotlookup schema > hotlookup.schema.json
`;

/** A spec with every key, its meaning and its default, which loads to the default spec. */
export function commentedSpec(): string {
  const blocks = specFields().map((field) => `${keyLines(field, field.schema.default).join('\n')}\n`);
  return [HEAD, ...blocks].join('\n');
}

/** A key's comment and its value; a key without a default as an example that is commented out. */
function keyLines(field: Field, value: unknown): string[] {
  const { name, schema, fields } = field;
  const comment = `# ${schema.description}${choices(schema)}`;
  if (value === undefined && fields.length === 0) return [comment, `# ${name}: ${scalar(schema.examples?.[0])}`];
  if (value === undefined) return [comment, ...[`${name}:`, ...indented(mapLines(fields, {}))].map(commentedOut)];
  if (fields.length === 0 || value === false) return [comment, `${name}: ${scalar(value)}`];
  const below = Array.isArray(value) ? value.flatMap((item) => itemLines(fields, item)) : mapLines(fields, value);
  return [comment, `${name}:`, ...indented(below)];
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

const commentedOut = (line: string): string => `# ${line}`;

const mapLines = (fields: readonly Field[], value: unknown): string[] =>
  fields.flatMap((field) => keyLines(field, valueBelow(value, field)));

/** The dash of a list item stands before its first key, below that key's comment. */
function itemLines(fields: readonly Field[], item: unknown): string[] {
  const lines = mapLines(fields, item);
  const first = lines.findIndex((line) => !line.startsWith('#'));
  return lines.map((line, index) => (index < first ? line : index === first ? `- ${line}` : `  ${line}`));
}

const valueBelow = (value: unknown, { name, schema }: Field): unknown => at(value, name) ?? schema.default;

const choices = (schema: JsonSchema): string =>
  schema.enum || schema.type === 'integer' ? ` (${values(schema).replaceAll('`', '')})` : '';

/** One value on one line; text with spaces in quotes, as a schedule that starts with `*` needs them. */
const scalar = (value: unknown): string =>
  typeof value === 'string' && value.includes(' ') ? JSON.stringify(value) : stringify(value).trimEnd();
