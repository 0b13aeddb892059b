import type { PartitionSet } from '../spec/schema.ts';

/** What the migration's template needs. Names are raw: the template quotes them. */
export type MigrationView = {
  /** `schema.name`, as the spec has it. */
  readonly table: string;
  readonly tableSchema: string;
  readonly tableName: string;
  /** The table as text that the server itself reads as a name (`to_regclass`, `::regclass`). */
  readonly tableSql: string;
  /** Every schema that is needed, once. */
  readonly schemas: readonly string[];
  readonly ensureFunction: string;
  readonly ensureSchema: string;
  readonly ensureName: string;
  readonly retentionFunction: string;
  readonly retentionSchema: string;
  readonly retentionName: string;
};

/** The view of the migration that makes the set's table. A job that is switched off keeps its function, for manual runs. */
export function migrationView(set: PartitionSet): MigrationView {
  const [tableSchema, tableName] = split(set.table);
  const ensureFunction = set.ensure ? set.ensure.function : `${tableSchema}.ensure_${tableName}_future_partitions`;
  const retentionFunction = set.retention
    ? set.retention.function
    : `${tableSchema}.drop_${tableName}_partitions_older_than`;
  const [ensureSchema, ensureName] = split(ensureFunction);
  const [retentionSchema, retentionName] = split(retentionFunction);
  return {
    table: set.table,
    tableSchema,
    tableName,
    tableSql: `${quoted(tableSchema)}.${quoted(tableName)}`,
    schemas: [...new Set([tableSchema, ensureSchema, retentionSchema])],
    ensureFunction,
    ensureSchema,
    ensureName,
    retentionFunction,
    retentionSchema,
    retentionName,
  };
}

/** The spec's schema lets exactly one dot through. */
function split(name: string): [schema: string, name: string] {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

/** Unlike SQL, text that is read as a name knows no keywords and no `U&"…"`. */
const quoted = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
