/**
 * `schema.name` as text that the server itself reads as a name (`to_regclass`, `::regclass`). Unlike SQL, such text knows no
 * keywords and no `U&"…"`.
 */
export const nameText = (schema: string, name: string): string => `${quoted(schema)}.${quoted(name)}`;

const quoted = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
