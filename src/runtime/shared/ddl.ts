import { identifier, literal, type QualifiedName, qualified } from './sql.ts';

/*
 * Every statement that changes a schema, each spelled once. What it locks is said where it is put into a list of actions: that
 * depends on what else hangs on the table.
 */

/** Sets a table's comment, or takes it away. */
export function commentSql(table: QualifiedName, comment: string | null): string {
  return `COMMENT ON TABLE ${qualified(table)} IS ${comment === null ? 'NULL' : literal(comment)}`;
}

export function detachSql(table: QualifiedName, partition: QualifiedName): string {
  return `ALTER TABLE ${qualified(table)} DETACH PARTITION ${qualified(partition)} CONCURRENTLY`;
}

/** The way out of a detach that was begun and not finished. */
export function finalizeSql(table: QualifiedName, partition: QualifiedName): string {
  return `ALTER TABLE ${qualified(table)} DETACH PARTITION ${qualified(partition)} FINALIZE`;
}

/** `bounds` is what stands behind FOR VALUES. */
export function attachSql(table: QualifiedName, partition: QualifiedName, bounds: string): string {
  return `ALTER TABLE ${qualified(table)} ATTACH PARTITION ${qualified(partition)} FOR VALUES ${bounds}`;
}

export function dropTableSql(table: QualifiedName): string {
  return `DROP TABLE ${qualified(table)}`;
}

export function setSchemaSql(table: QualifiedName, schema: string): string {
  return `ALTER TABLE ${qualified(table)} SET SCHEMA ${identifier(schema)}`;
}

/** A relation's kind as `pg_class.relkind` has it, and the word that ALTER wants. */
const RENAMED = new Map([
  ['i', 'INDEX'],
  ['I', 'INDEX'],
  ['S', 'SEQUENCE'],
]);

/** Whether a relation is an index or a sequence, which go where their table goes. */
export const isPartOfTable = (kind: string): boolean => RENAMED.has(kind);

export function renameSql(kind: string, relation: QualifiedName, name: string): string {
  return `ALTER ${RENAMED.get(kind) ?? 'TABLE'} ${qualified(relation)} RENAME TO ${identifier(name)}`;
}

/** A constraint without a name gets one from the server. `definition` is what stands behind the name. */
export function addConstraintSql(table: QualifiedName, name: string | undefined, definition: string): string {
  const named = name === undefined ? '' : `CONSTRAINT ${identifier(name)} `;
  return `ALTER TABLE ${qualified(table)} ADD ${named}${definition}`;
}

export function validateConstraintSql(table: QualifiedName, name: string): string {
  return `ALTER TABLE ${qualified(table)} VALIDATE CONSTRAINT ${identifier(name)}`;
}

export function dropConstraintSql(table: QualifiedName, name: string): string {
  return `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${identifier(name)}`;
}

/** `tail` is what stands behind the table's name. */
export function createIndexSql(table: QualifiedName, isUnique: boolean, tail: string): string {
  return `CREATE ${isUnique ? 'UNIQUE ' : ''}INDEX ON ${qualified(table)} ${tail}`;
}

export function analyzeSql(table: QualifiedName): string {
  return `ANALYZE ${qualified(table)}`;
}

export function createSchemaSql(schema: string, owner: string): string {
  return `CREATE SCHEMA IF NOT EXISTS ${identifier(schema)} AUTHORIZATION ${identifier(owner)}`;
}

/** Only the table itself, never what it is a partition of or what is below it. */
export function lockTableSql(table: QualifiedName, mode: string): string {
  return `LOCK TABLE ONLY ${qualified(table)} IN ${mode} MODE`;
}
