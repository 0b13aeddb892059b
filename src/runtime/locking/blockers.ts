import { spellSpan } from '../../duration.ts';
import type { Connection } from '../connection/connection.ts';
import { jsonOf } from '../shared/answer.ts';
import { readSnapshot } from './snapshot.ts';

/** A transaction of another session that stands in the way. */
export type Blocker = {
  /** Tells transactions apart, also two of the same session. */
  readonly id: string;
  /** Null for a prepared transaction, which belongs to no session. */
  readonly pid: number | null;
  readonly user: string | null;
  readonly application: string | null;
  /** Null where the role may not see it: that takes the same role or pg_read_all_stats. */
  readonly ageMs: number | null;
};

// One moment for all rows, so that a session with several locks is told once.
const DESCRIPTION = `'pid', a.pid, 'user', a.usename, 'application', a.application_name,
  'ageMs', round(extract(epoch FROM statement_timestamp() - a.xact_start) * 1000)`;

/** Modes that SHARE ROW EXCLUSIVE waits for. */
const WRITING = ['RowExclusive', 'ShareUpdateExclusive', 'Share', 'ShareRowExclusive', 'Exclusive', 'AccessExclusive'];

/**
 * Whoever holds any lock on these tables: the second phase of a detach waits for every one of them. Then it takes SHARE ROW
 * EXCLUSIVE on the tables that the partition's foreign keys point to, and waits for those who write there.
 */
const holdersSql = (
  oids: readonly number[],
  partition: number,
) => `SELECT coalesce(json_agg(DISTINCT jsonb_build_object(
    'id', l.virtualtransaction, ${DESCRIPTION})), '[]')::text AS blockers
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND (l.relation IN (${oids.join(', ')}) OR l.mode IN (${WRITING.map((mode) => `'${mode}Lock'`).join(', ')})
      AND l.relation IN (SELECT confrelid FROM pg_catalog.pg_constraint WHERE conrelid = ${partition} AND contype = 'f'))`;

/**
 * Whoever holds what SHARE UPDATE EXCLUSIVE on the first table or ACCESS EXCLUSIVE on one of the others would wait for: of the
 * first, those who only read or write are in nobody's way.
 */
const attachBlockersSql = (
  table: number,
  others: readonly number[],
) => `SELECT coalesce(json_agg(DISTINCT jsonb_build_object(
    'id', l.virtualtransaction, ${DESCRIPTION})), '[]')::text AS blockers
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'relation' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND (l.relation IN (${others.join(', ')}) OR l.relation = ${table} AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
      OR l.relation IN (SELECT confrelid FROM pg_catalog.pg_constraint WHERE conrelid = ${table} AND contype = 'f'))`;

const advisorySql = (key: bigint) => `SELECT coalesce(json_agg(DISTINCT jsonb_build_object(
    'id', l.virtualtransaction, ${DESCRIPTION})), '[]')::text AS blockers
  FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
    AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    AND l.classid = ${key >> 32n} AND l.objid = ${key & 0xffffffffn} AND l.objsubid = 1`;

/** Sessions with a snapshot, the oldest first: FINALIZE waits for all that are older than its own, whatever they read. */
const SNAPSHOTS = `SELECT coalesce(json_agg(blocker), '[]')::text AS blockers FROM (
  SELECT json_build_object('id', a.pid::text, ${DESCRIPTION}) AS blocker
  FROM pg_catalog.pg_stat_activity a
  WHERE a.datname = current_database() AND a.backend_xmin IS NOT NULL AND a.pid <> pg_backend_pid()
  ORDER BY age(a.backend_xmin) DESC LIMIT 3) oldest`;

async function ask(connection: Connection, lockTimeoutMs: number, statement: string): Promise<Blocker[]> {
  const [result] = await readSnapshot(connection, lockTimeoutMs, statement);
  return jsonOf<Blocker[]>(result, 'blockers');
}

/** Who stands in the way of a detach. Looking takes no lock. */
export const lockHolders = (
  connection: Connection,
  lockTimeoutMs: number,
  table: number,
  partition: number,
): Promise<Blocker[]> => ask(connection, lockTimeoutMs, holdersSql([table, partition], partition));

/** Who stands in the way of an ATTACH. Looking takes no lock. */
export const attachBlockers = (
  connection: Connection,
  lockTimeoutMs: number,
  table: number,
  others: readonly number[],
): Promise<Blocker[]> => ask(connection, lockTimeoutMs, attachBlockersSql(table, others));

export const snapshotHolders = (connection: Connection, lockTimeoutMs: number): Promise<Blocker[]> =>
  ask(connection, lockTimeoutMs, SNAPSHOTS);

/** Who holds an advisory lock: `key` is as `lockKey` makes it, a signed 64-bit number of which pg_locks shows two halves. */
export const advisoryHolders = (connection: Connection, lockTimeoutMs: number, key: string): Promise<Blocker[]> =>
  ask(connection, lockTimeoutMs, advisorySql(BigInt.asUintN(64, BigInt(key))));

/**
 * Those that may outlast the second phase: in their transaction for `limitMs` or longer, or of an age that cannot be seen and
 * there since the first look.
 */
export function lasting(holders: readonly Blocker[], firstSeen: ReadonlySet<string>, limitMs: number): Blocker[] {
  return holders.filter(({ id, ageMs }) => (ageMs === null ? firstSeen.has(id) : ageMs >= limitMs));
}

/** `process 12 (user a, application psql, in its transaction for 3 min)`, one after the other. */
export function blockersText(blockers: readonly Blocker[]): string {
  return blockers.map(blockerText).join(', ');
}

function blockerText({ pid, user, application, ageMs }: Blocker): string {
  if (pid === null) return 'a prepared transaction';
  const facts = [
    ...(user === null ? [] : [`user ${user}`]),
    ...(application ? [`application ${application}`] : []),
    ...(ageMs === null ? [] : [`in its transaction for ${spellSpan(ageMs)}`]),
  ];
  return `process ${pid}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`;
}
