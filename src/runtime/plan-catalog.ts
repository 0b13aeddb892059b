import type { Connection } from './connection.ts';

type ForeignKey = { readonly name: string /** The table that it points to. */; readonly references: string };

/** Foreign keys by the OID of their table. */
export type KeysByTable = ReadonlyMap<number, readonly ForeignKey[]>;

/** The foreign keys of these tables; looking locks none of them. */
export async function foreignKeys(
  connection: Connection,
  tables: ReadonlyArray<{ readonly oid: number }>,
): Promise<KeysByTable> {
  const keys = new Map<number, ForeignKey[]>();
  if (tables.length === 0) return keys;
  const [result] = await connection.query(`SELECT k.conrelid AS oid, k.conname AS name,
      format('%s.%s', n.nspname, c.relname) AS "references"
    FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.confrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_constraint p ON p.oid = k.conparentid AND p.conrelid = k.conrelid
    WHERE k.contype = 'f' AND p.oid IS NULL AND k.conrelid IN (${tables.map(({ oid }) => oid).join(', ')})
    ORDER BY k.conname`);
  for (const { oid, name, references } of result?.rows ?? [])
    keys.set(Number(oid), [...(keys.get(Number(oid)) ?? []), { name: `${name}`, references: `${references}` }]);
  return keys;
}

/** The comments of these tables by their OIDs; a table without one is not among them. */
export async function comments(
  connection: Connection,
  tables: ReadonlyArray<{ readonly oid: number }>,
): Promise<ReadonlyMap<number, string>> {
  if (tables.length === 0) return new Map();
  const [result] = await connection.query(`SELECT objoid AS oid, description FROM pg_catalog.pg_description
    WHERE classoid = 'pg_catalog.pg_class'::regclass AND objsubid = 0
      AND objoid IN (${tables.map(({ oid }) => oid).join(', ')})`);
  return new Map((result?.rows ?? []).map(({ oid, description }) => [Number(oid), `${description}`]));
}
