import { AppError } from '../../errors.ts';
import { type Catalog, readCatalog } from '../catalog/catalog.ts';
import { type MarkedTable, markedTablesSql, readMarkedTables } from '../catalog/marked-tables.ts';
import { requireTable } from '../catalog/preconditions.ts';
import { catalogSql } from '../catalog/query.ts';
import type { RestoreCommand, Settings } from '../command/settings.ts';
import { explain, isContention } from '../connection/server-error.ts';
import type { Job } from '../job/job.ts';
import type { Transaction } from '../locking/transaction.ts';
import { jsonIfAny, jsonOf, numberOf, type QueryResult, textOf } from '../shared/answer.ts';
import { identifier, literal, plainName, type QualifiedName } from '../shared/sql.ts';
import { findingsOf, type RestoreFacts } from './checks.ts';
import { type DestinationSchema, destinationSql } from './destination.ts';
import type { Finding } from './finding.ts';
import { type Relation, relationSql } from './relation.ts';
import { fallbackFindings, rowFindings } from './row-findings.ts';
import { countSql, type Key, keySql, type Rows, rowsSql } from './rows.ts';
import { type Located, locateInGrace, locateNamed, type NamedTable, type Target } from './target.ts';

/** What restore finds before it does anything. */
export type Surveyed = {
  readonly catalog: Catalog;
  readonly facts: RestoreFacts;
  readonly key: Key;
  /** Undefined if the table could not be read, or has no such column: then there are findings. */
  readonly rows: Rows | undefined;
  readonly findings: readonly Finding[];
};

export type Survey = Surveyed | (Extract<Located, { readonly already: unknown }> & { readonly catalog: Catalog });

/** How many rows the table has. @throws Error where they were not counted, which is where there are findings. */
export function rowsBefore({ rows }: Surveyed): number {
  if (!rows) throw new Error('the rows of the table were not counted');
  return rows.rows;
}

const namedSql = ({
  schema,
  name,
}: QualifiedName) => `SELECT json_build_object('oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname,
    'comment', obj_description(c.oid, 'pg_class'))::text AS named
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(name)}`;

/** What restore looks with: the transaction is rolled back in any case. */
type Looking = Pick<Job, 'settings' | 'connection'> & {
  readonly command: RestoreCommand;
  readonly transaction: Transaction;
};

/** The statements whose results `surveyRestore` reads, in their order. */
export const restoreSurveySql = ({ table }: Settings): string[] => [
  catalogSql(table, undefined, 'no sizes'),
  markedTablesSql,
];

/**
 * Looks at everything in one snapshot. Reads only, and waits for no one but who has the table to himself.
 * @throws AppError with exit code 5 or 7.
 */
export async function surveyRestore(looking: Looking, [seen, bearers]: readonly QueryResult[]): Promise<Survey> {
  const { set, table } = looking.settings;
  const catalog = readCatalog(seen);
  requireTable(catalog, table);
  const located = await locate(looking, catalog, readMarkedTables(bearers, set));
  return 'already' in located ? { ...located, catalog } : examine(looking, located.target, catalog);
}

async function locate(
  { transaction, settings: { set, table }, command: { month, fromTable } }: Looking,
  catalog: Catalog,
  marked: readonly MarkedTable[],
): Promise<Located> {
  const sought = { set, table, month, catalog, marked };
  if (!fromTable) return locateInGrace(sought);
  const [found] = await transaction.send(namedSql(fromTable));
  const named = jsonIfAny<NamedTable>(found, 'named');
  if (named === undefined)
    throw new AppError('missing', `the table ${plainName(fromTable)} does not exist in this database`, {
      advice: 'Check Database= in PG_DSN, and that the backup was brought back to it.',
    });
  return locateNamed(sought, named);
}

async function examine(looking: Looking, target: Target, catalog: Catalog): Promise<Surveyed> {
  const { connection, settings, transaction } = looking;
  const statements = [
    relationSql(settings.table),
    relationSql(target.current),
    destinationSql(target.oid, target.destination),
  ];
  const [parent, table, destinationSchema, named] = await transaction.send(
    ...statements,
    keySql(settings.table, target),
  );
  const facts: RestoreFacts = {
    user: catalog.user,
    serverVersion: connection.server.version,
    parent: jsonOf<Relation>(parent, 'relation'),
    table: jsonOf<Relation>(table, 'relation'),
    target,
    destinationSchema: jsonOf<DestinationSchema>(destinationSchema, 'destination'),
    catalog,
  };
  const key = { name: textOf(named, 'name'), check: textOf(named, 'check') };
  const rows = isReadable(facts, key) ? await countRows(transaction, facts, key) : undefined;
  const findings = [
    ...findingsOf(facts),
    ...(rows ? rowFindings(rows, key.name, target) : []),
    ...(await inFallback(transaction, facts, key)),
  ];
  return { catalog, facts, key, rows, findings };
}

/** Whether the rows can be held against the bounds at all; whatever else is wrong with it. */
function isReadable({ table, parent }: RestoreFacts, key: Key): boolean {
  const typeOf = ({ columns }: Relation) => columns.find(({ name }) => name === key.name)?.type;
  return table.kind === 'r' && table.isOwner && typeOf(table) === typeOf(parent);
}

async function countRows(transaction: Transaction, { target }: RestoreFacts, key: Key): Promise<Rows> {
  try {
    const [counted] = await transaction.send(rowsSql(target.current, identifier(key.name), target));
    return jsonOf<Rows>(counted, 'rows');
  } catch (error) {
    throw isContention(error) ? error : explain(error, `the count of ${plainName(target.current)}`);
  }
}

async function inFallback(
  transaction: Transaction,
  { catalog, parent, target }: RestoreFacts,
  key: Key,
): Promise<Finding[]> {
  const fallback = catalog.partitions.find(({ isDefault }) => isDefault);
  if (!fallback || !parent.isOwner) return [];
  const [counted] = await transaction.send(countSql(fallback, identifier(key.name), target));
  return fallbackFindings(fallback, numberOf(counted, 'rows'), target);
}
