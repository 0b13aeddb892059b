/** A name as the catalog spells it. */
export type QualifiedName = { readonly schema: string; readonly name: string };

/** `schema.name`, for people. */
export function plainName({ schema, name }: QualifiedName): string {
  return `${schema}.${name}`;
}

/** One SQL identifier, always quoted. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"`. */
export function qualified({ schema, name }: QualifiedName): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

/** One SQL string literal that means the same whatever `standard_conforming_strings` is. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  return text.includes('\\') ? ` E${quoted}` : quoted;
}
