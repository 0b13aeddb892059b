import { createHash } from 'node:crypto';
import pg from 'pg';
import { SUPERUSER } from '../postgres/cluster.ts';
import { createDatabase, type Database, type Place } from '../postgres/database.ts';
import { becomePlain, hostileRoleSql, makePlain } from '../postgres/hostile-role.ts';
import { HOSTILE_SCHEMA } from '../postgres/hostile-schema.ts';
import { renderMigration } from './migration.ts';

/**
 * The roles of a Scanner database; each one's password is its name with `-password` behind. The first two bring along every setting that
 * could hurt, the last none.
 */
export const OWNER = 'scanner_owner';
export const MAINTAINER = 'maintainer';
export const STRANGER = 'stranger';

export const passwordOf = (role: string) => `${role}-password`;

/**
 * A database that holds the applied migration, made by copying a template database of the same server. Roles:
 * `scanner_owner` owns everything, `maintainer` is a member of `hotlookup_maintenance`, `stranger` may only connect.
 */
export async function createScannerDatabase(server: Place): Promise<Database> {
  return createDatabase(server, await templateDatabase(server));
}

const templatesByPort = new Map<number, Promise<string>>();

function templateDatabase(server: Place): Promise<string> {
  const known = templatesByPort.get(server.port) ?? makeTemplate(server);
  templatesByPort.set(server.port, known);
  return known;
}

/** Named after the migration's text: one that was edited meanwhile gets a template database of its own. */
async function makeTemplate(server: Place): Promise<string> {
  const migration = renderMigration();
  const template = `scanner_${createHash('sha256')
    .update(migration + HOSTILE_SCHEMA)
    .digest('hex')
    .slice(0, 12)}`;
  await createRoles(server);
  await asOnlyAdministrator(server, async (administrator) => {
    const made = await administrator.query('select from pg_database where datname = $1 and datistemplate', [template]);
    if (made.rowCount === 1) return;
    await administrator.query(`drop database if exists ${template}`);
    await administrator.query(`create database ${template} template template0 owner ${OWNER}`);
    await asRole(server, template, OWNER, (owner) => owner.query(migration));
    await administrator.query(`grant hotlookup_maintenance to ${MAINTAINER}`);
    await asRole(server, template, SUPERUSER, (superuser) => superuser.query(HOSTILE_SCHEMA));
    // Last: what bears this mark is complete, whenever a run may have been stopped.
    await administrator.query(`alter database ${template} is_template true`);
  });
  return template;
}

/** For what is measured, or run by programs of other people: roles without settings of their own in this database. */
export async function withPlainRoles(database: Database): Promise<Database> {
  for (const role of [OWNER, MAINTAINER]) await makePlain(database, role);
  return database;
}

/** Makes those of the three roles that the server does not have yet. */
export async function createRoles(server: Place): Promise<void> {
  await asOnlyAdministrator(server, async (administrator) => {
    for (const role of [OWNER, MAINTAINER, STRANGER]) {
      const { rowCount } = await administrator.query('select from pg_roles where rolname = $1', [role]);
      const attributes = role === OWNER ? 'login createrole' : 'login';
      if (rowCount === 0) await administrator.query(`create role ${role} ${attributes} password '${passwordOf(role)}'`);
      if (role !== STRANGER) await administrator.query(hostileRoleSql(role));
    }
  });
}

/** Test files run side by side: the first makes what they share, the others wait. The session's end frees the lock. */
async function asOnlyAdministrator(server: Place, use: (administrator: pg.Client) => Promise<void>): Promise<void> {
  await asRole(server, 'postgres', SUPERUSER, async (administrator) => {
    await administrator.query('select pg_advisory_lock(hashtextextended($1, 0))', ['scanner template']);
    await use(administrator);
  });
}

async function asRole<Result>(
  server: Place,
  database: string,
  role: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ host: server.sockets, port: server.port, user: role, database });
  await client.connect();
  if (role !== SUPERUSER) await becomePlain(client);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
