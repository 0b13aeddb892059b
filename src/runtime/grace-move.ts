import { AppError, EXIT } from '../errors.ts';
import { type ConcurrentRun, type Held, requireUntouched } from './concurrent-run.ts';
import { lockTable } from './concurrent-table.ts';
import { type Send, transaction } from './concurrent-transaction.ts';
import { HOLDING_SCHEMA } from './grace.ts';
import { identifier, literal, type QualifiedName, qualified } from './sql.ts';

/** PostgreSQL's limit for a name, in bytes. */
const NAME_BYTES = 63;

/** The table with its indexes and owned sequences, where each has a name that the holding schema has already. */
const takenSql = (oid: number) => `SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind AS kind
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE (c.oid = ${oid} OR c.oid IN (SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid = ${oid})
      OR c.oid IN (SELECT objid FROM pg_catalog.pg_depend WHERE classid = 'pg_catalog.pg_class'::regclass
        AND refclassid = 'pg_catalog.pg_class'::regclass AND refobjid = ${oid} AND deptype IN ('a', 'i')))
    AND c.relname IN (SELECT o.relname FROM pg_catalog.pg_class o WHERE o.relnamespace = to_regnamespace(${literal(HOLDING_SCHEMA)}))`;

const KINDS = new Map([
  ['i', 'INDEX'],
  ['I', 'INDEX'],
  ['S', 'SEQUENCE'],
]);

/** A name that no other relation has: the old one, cut if need be, with its OID behind. */
export function freeName(name: string, oid: string): string {
  const suffix = `_${oid}`;
  let kept = name;
  while (Buffer.byteLength(kept) + suffix.length > NAME_BYTES) kept = [...kept].slice(0, -1).join('');
  return `${kept}${suffix}`;
}

async function freeNames(send: Send, oid: number): Promise<void> {
  const [result] = await send(takenSql(oid));
  for (const { oid: id, schema, name, kind } of result?.rows ?? []) {
    const relation = qualified({ schema: `${schema}`, name: `${name}` });
    const what = KINDS.get(`${kind}`) ?? 'TABLE';
    await send(`ALTER ${what} ${relation} RENAME TO ${identifier(freeName(`${name}`, `${id}`))}`);
  }
}

/**
 * Moves a detached table to the holding schema, under ACCESS EXCLUSIVE on that table, which is nobody's partition any more. It
 * keeps its name unless that is taken there.
 * @throws AppError with exit code 7 if somebody has changed it meanwhile.
 */
export async function hold(run: ConcurrentRun, held: Held): Promise<QualifiedName | 'gone'> {
  const { connection, settings, patiently } = run;
  const { place } = await patiently(() =>
    transaction(connection, settings.lockTimeoutMs, async (send) => {
      const found = await lockTable(send, held.oid, 'ACCESS EXCLUSIVE');
      if (found === undefined) return undefined;
      if (found === 'gone') return { place: found };
      requireUntouched(run, held, found);
      if (found.schema === HOLDING_SCHEMA) return { place: found };
      await freeNames(send, found.oid);
      const renamed = await lockTable(send, held.oid, 'ACCESS EXCLUSIVE');
      if (renamed === undefined || renamed === 'gone') return undefined;
      await send(`ALTER TABLE ${qualified(renamed)} SET SCHEMA ${identifier(HOLDING_SCHEMA)}`);
      return { place: { schema: HOLDING_SCHEMA, name: renamed.name } };
    }),
  );
  return place;
}

const RIGHTS = `SELECT to_regnamespace(${literal(HOLDING_SCHEMA)}) IS NOT NULL AS "exists",
  has_schema_privilege(to_regnamespace(${literal(HOLDING_SCHEMA)}), 'CREATE')
    AND has_schema_privilege(to_regnamespace(${literal(HOLDING_SCHEMA)}), 'USAGE') AS usable,
  has_database_privilege(current_database(), 'CREATE') AS creatable, current_user AS user`;

/** What there is to do about the holding schema before a partition can be put there; both undefined if it is there. */
export type HoldingNeed = {
  /** The statement that makes it. */
  readonly create: string | undefined;
  /** Exit code 5, where only an administrator can help. */
  readonly failure: AppError | undefined;
};

/** Looks whether the holding schema is there for the role, or can be made; it is to belong to the owner of the partitioned table. */
export async function holdingNeed({
  connection,
  owner,
}: Pick<ConcurrentRun, 'connection' | 'owner'>): Promise<HoldingNeed> {
  const [result] = await connection.query(RIGHTS);
  const { exists, usable, creatable, user } = result?.rows[0] ?? {};
  if (exists === 't' && usable === 't') return { create: undefined, failure: undefined };
  const create = `CREATE SCHEMA IF NOT EXISTS ${identifier(HOLDING_SCHEMA)} AUTHORIZATION ${identifier(owner)}`;
  if (exists !== 't' && creatable === 't') return { create, failure: undefined };
  const grant = `GRANT CREATE, USAGE ON SCHEMA ${identifier(HOLDING_SCHEMA)} TO ${identifier(owner)}`;
  const failure = new AppError(
    EXIT.missing,
    `grace needs the schema ${HOLDING_SCHEMA}, which ${exists === 't' ? `${user} may not use` : `does not exist and ${user} may not create`}`,
    { advice: `As an administrator of the database, run: ${exists === 't' ? grant : create};` },
  );
  return { create: undefined, failure };
}

/**
 * Makes the holding schema if it is missing.
 * @throws AppError with exit code 5 and the statement that an administrator must run.
 */
export async function requireHoldingSchema(run: Pick<ConcurrentRun, 'connection' | 'owner'>): Promise<void> {
  const { create, failure } = await holdingNeed(run);
  if (failure) throw failure;
  if (create !== undefined) await run.connection.query(create);
}
