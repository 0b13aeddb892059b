import { instant } from '../catalog/catalog.ts';
import { INSTANT } from '../catalog/query.ts';
import { jsonIfAny } from '../shared/answer.ts';
import { lockTableSql } from '../shared/ddl.ts';
import { type QualifiedName, qualified } from '../shared/sql.ts';
import type { Transaction } from './transaction.ts';

/** One table as it is now, found by its OID whatever it is called. */
export type TableNow = QualifiedName & {
  readonly oid: number;
  readonly comment: string | null;
  /** OID of the table that it is a partition of; null if it is none. */
  readonly parent: number | null;
  readonly pending: boolean;
  /** Milliseconds since the epoch, ±Infinity without end; NaN if it is no partition with bounds. */
  readonly from: number;
  readonly to: number;
  /** The database's time, in milliseconds since the epoch. */
  readonly now: number;
};

type RawTable = Omit<TableNow, 'from' | 'to'> & { from: number | string | null; to: number | string | null };

/** Bounds are only read right under DateStyle ISO and TimeZone UTC, which each transaction sets. */
const tableSql = (
  oid: number,
) => `SELECT json_build_object('oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname,
    'comment', obj_description(c.oid, 'pg_class'), 'parent', i.inhparent::bigint, 'pending', coalesce(i.inhdetachpending, false),
    'from', ${INSTANT('ends[1]')}, 'to', ${INSTANT('ends[2]')}, 'now', extract(epoch FROM now()) * 1000)::text AS found
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_inherits i ON i.inhrelid = c.oid
  LEFT JOIN LATERAL regexp_match(pg_get_expr(c.relpartbound, 0), '^FOR VALUES FROM [(](.*)[)] TO [(](.*)[)]$') ends ON true
  WHERE c.oid = ${oid}`;

/** Undefined if there is no such table any more. */
export async function tableNow(transaction: Transaction, oid: number): Promise<TableNow | undefined> {
  const [result] = await transaction.send(tableSql(oid));
  const raw = jsonIfAny<RawTable>(result, 'found');
  return raw && { ...raw, from: instant(raw.from), to: instant(raw.to) };
}

/** SHARE UPDATE EXCLUSIVE: nobody detaches, alters or comments it meanwhile, readers and writers go on. ACCESS EXCLUSIVE: nobody else is there. */
export type Mode = 'SHARE UPDATE EXCLUSIVE' | 'ACCESS EXCLUSIVE';

/**
 * Locks a table and reads what it is under that lock. Only the table itself is locked, never the one it is a partition of.
 * `gone` if it does not exist; undefined if it got another name in between, so that another one was locked: roll back, try again.
 */
export async function lockTable(
  transaction: Transaction,
  oid: number,
  mode: Mode,
): Promise<TableNow | 'gone' | undefined> {
  const before = await tableNow(transaction, oid);
  if (!before) return 'gone';
  await transaction.send(lockTableSql(before, mode));
  const after = await tableNow(transaction, oid);
  return after && qualified(after) === qualified(before) ? after : undefined;
}
