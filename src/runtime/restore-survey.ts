import { AppError, EXIT } from '../errors.ts';
import type { Catalog } from './catalog.ts';
import { isCut } from './connection-errors.ts';
import type { Job } from './job.ts';
import { markedTablesSql, readMarkedTables } from './marked-tables.ts';
import { requireTable } from './preconditions.ts';
import { findingsOf, type Ground } from './restore-checks.ts';
import type { Finding } from './restore-finding.ts';
import { homeSql } from './restore-home.ts';
import { type Relation, relationSql } from './restore-relation.ts';
import { fallbackFindings, rowFindings } from './restore-row-findings.ts';
import { countSql, type Key, keySql, type Rows, rowsSql } from './restore-rows.ts';
import { type Located, locateInGrace, locateNamed, type NamedTable, type Target } from './restore-target.ts';
import { explain, isContention } from './server-error.ts';
import type { RestoreCommand } from './settings.ts';
import { identifier, literal, plainName, type QualifiedName } from './sql.ts';
import type { Transactions } from './transactions.ts';

/** What restore finds before it does anything. */
export type Surveyed = {
  readonly catalog: Catalog;
  readonly ground: Ground;
  readonly key: Key;
  /** Undefined if the table could not be read, or has no such column: then there are findings. */
  readonly rows: Rows | undefined;
  readonly findings: readonly Finding[];
};

export type Survey = Surveyed | (Extract<Located, { readonly already: unknown }> & { readonly catalog: Catalog });

/*
 * Names in definitions are written out where the search path does not have them. A policy must not hide rows from the count:
 * with this setting it is an error instead.
 */
export const PLAIN_SETTINGS = `SELECT set_config('search_path', 'pg_catalog, pg_temp', true), set_config('row_security', 'off', true)`;

const namedSql = ({
  schema,
  name,
}: QualifiedName) => `SELECT json_build_object('oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname,
    'comment', obj_description(c.oid, 'pg_class'))::text AS named
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ${literal(schema)} AND c.relname = ${literal(name)}`;

/**
 * Looks at everything in one snapshot, under retention's lock; undefined if somebody else holds that. Reads only, and waits
 * for no one but who has the table to himself.
 * @throws AppError with exit code 5 or 7.
 */
export async function surveyRestore(
  transactions: Transactions,
  job: Job,
  command: RestoreCommand,
): Promise<Survey | undefined> {
  const { table } = job.settings;
  const catalog = await transactions.begin();
  if (!catalog) return undefined;
  try {
    requireTable(catalog, table);
    const located = await locate(transactions, job, command, catalog);
    const survey =
      'already' in located ? { ...located, catalog } : await examine(transactions, job, located.target, catalog);
    await transactions.rollback();
    return survey;
  } catch (error) {
    if (error instanceof AppError && !isCut(error)) await transactions.rollback();
    throw error;
  }
}

async function one(transactions: Transactions, statement: string, column: string): Promise<string | undefined> {
  const [result] = await transactions.read([statement]);
  return result?.rows[0]?.[column] ?? undefined;
}

async function locate(
  transactions: Transactions,
  { settings: { set, table } }: Job,
  { month, fromTable }: RestoreCommand,
  catalog: Catalog,
): Promise<Located> {
  await transactions.read([PLAIN_SETTINGS]);
  const marked = readMarkedTables((await one(transactions, markedTablesSql, 'marked')) ?? '[]', set);
  const sought = { set, table, month, catalog, marked };
  if (!fromTable) return locateInGrace(sought);
  const found = await one(transactions, namedSql(fromTable), 'named');
  if (found === undefined)
    throw new AppError(EXIT.missing, `the table ${plainName(fromTable)} does not exist in this database`, {
      advice: 'Check Database= in PG_DSN, and that the backup was brought back to it.',
    });
  const named: NamedTable = JSON.parse(found);
  return locateNamed(sought, named);
}

async function relation(transactions: Transactions, table: QualifiedName): Promise<Relation> {
  const text = await one(transactions, relationSql(table), 'relation');
  if (text === undefined) throw new Error(`${plainName(table)} is not in its own snapshot`);
  return JSON.parse(text);
}

async function examine(transactions: Transactions, job: Job, target: Target, catalog: Catalog): Promise<Surveyed> {
  const { connection, settings } = job;
  const ground: Ground = {
    user: catalog.user,
    serverVersion: connection.server.version,
    parent: await relation(transactions, settings.table),
    table: await relation(transactions, target.here),
    target,
    home: JSON.parse((await one(transactions, homeSql(target.oid, target.home), 'home')) ?? '{}'),
    catalog,
  };
  const [named] = await transactions.read([keySql(settings.table, target)]);
  const { name = null, check = null } = named?.rows[0] ?? {};
  if (name === null || check === null) throw new Error('the partition key was not found');
  const key = { name, check };
  const rows = isReadable(ground, key) ? await countRows(transactions, ground, key) : undefined;
  const findings = [
    ...findingsOf(ground),
    ...(rows ? rowFindings(rows, key.name, target) : []),
    ...(await inFallback(transactions, ground, key)),
  ];
  return { catalog, ground, key, rows, findings };
}

/** Whether the rows can be held against the bounds at all; whatever else is wrong with it. */
function isReadable({ table, parent }: Ground, key: Key): boolean {
  const typeOf = ({ columns }: Relation) => columns.find(({ name }) => name === key.name)?.type;
  return table.kind === 'r' && table.isOwner && typeOf(table) === typeOf(parent);
}

async function countRows(transactions: Transactions, { target }: Ground, key: Key): Promise<Rows> {
  try {
    const text = await one(transactions, rowsSql(target.here, identifier(key.name), target), 'rows');
    return JSON.parse(text ?? '{}');
  } catch (error) {
    throw isContention(error) ? error : explain(error, `the count of ${plainName(target.here)}`);
  }
}

async function inFallback(
  transactions: Transactions,
  { catalog, parent, target }: Ground,
  key: Key,
): Promise<Finding[]> {
  const fallback = catalog.partitions.find(({ isDefault }) => isDefault);
  if (!fallback || !parent.isOwner) return [];
  const rows = await one(transactions, countSql(fallback, identifier(key.name), target), 'rows');
  return fallbackFindings(fallback, Number(rows), target);
}
