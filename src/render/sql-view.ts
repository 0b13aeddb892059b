import { OPTIONS } from '../options.ts';
import { nameText } from './name-text.ts';
import type { SetView } from './set-view.ts';

type MigrationSet = Pick<SetView, 'table' | 'schema' | 'tableName'> & {
  readonly ensure: { readonly function: string } | false;
  readonly retention: { readonly function: string } | false;
};

/** What the migration's template needs. Names are raw: the template quotes them. */
export type MigrationView = {
  /** `schema.name`, and its two halves. */
  readonly table: string;
  readonly schema: string;
  readonly tableName: string;
  /** The table as text that the server itself reads as a name (`to_regclass`, `::regclass`). */
  readonly tableText: string;
  /** Every schema that is needed, once. */
  readonly schemas: readonly string[];
  readonly ensureFunction: string;
  readonly ensureSchema: string;
  readonly ensureName: string;
  readonly retentionFunction: string;
  readonly retentionSchema: string;
  readonly retentionName: string;
  /** The largest arguments that the functions take. */
  readonly mostMonthsAhead: number;
  readonly mostKeepMonths: number;
};

/** The view of the migration that makes the set's table. A job that is switched off keeps its function, for manual runs. */
export function migrationView({ table, schema, tableName, ensure, retention }: MigrationSet): MigrationView {
  const ensureFunction = ensure ? ensure.function : `${schema}.ensure_${tableName}_future_partitions`;
  const retentionFunction = retention ? retention.function : `${schema}.drop_${tableName}_partitions_older_than`;
  const [ensureSchema, ensureName] = split(ensureFunction);
  const [retentionSchema, retentionName] = split(retentionFunction);
  return {
    table,
    schema,
    tableName,
    tableText: nameText(schema, tableName),
    schemas: [...new Set([schema, ensureSchema, retentionSchema])],
    ensureFunction,
    ensureSchema,
    ensureName,
    retentionFunction,
    retentionSchema,
    retentionName,
    mostMonthsAhead: OPTIONS.monthsAhead.max,
    mostKeepMonths: OPTIONS.keepMonths.max,
  };
}

/** The spec's schema lets exactly one dot through. */
function split(name: string): [schema: string, name: string] {
  const dot = name.indexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}
