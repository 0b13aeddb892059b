import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { SUPERUSER, SUPERUSER_PASSWORD } from './cluster.ts';
import { becomePlain } from './hostile-role.ts';

/** Where a server listens; shared servers and a test's own clusters both fit. */
export type Place = { readonly port: number; readonly sockets: string };

export type Database = {
  readonly name: string;
  readonly place: Place;
  /** One connection as the superuser (or another role), ended when `use` ends. */
  connect<Result>(use: (client: pg.Client) => Promise<Result>, role?: string): Promise<Result>;
  /** Rows of one query as the superuser. */
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>;
  /** A PG_DSN in Npgsql's form, over TCP with a password. */
  dsn(role?: string, password?: string): string;
  drop(): Promise<void>;
};

async function withClient<Result>(
  place: Place,
  database: string,
  role: string,
  use: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ host: place.sockets, port: place.port, user: role, database });
  // A connection that is lost between two queries fails the next one; without a listener it would end the whole process.
  client.on('error', () => undefined);
  await client.connect();
  if (role !== SUPERUSER) await becomePlain(client);
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

/** A new database: empty, or a copy of a template database. Names are random, so tests may run side by side. */
export async function createDatabase(place: Place, template = 'template0', owner = SUPERUSER): Promise<Database> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const asAdministrator = (text: string) => withClient(place, 'postgres', SUPERUSER, (client) => client.query(text));
  await asAdministrator(`create database ${name} template ${template} owner ${owner}`);
  return {
    name,
    place,
    connect: (use, role = SUPERUSER) => withClient(place, name, role, use),
    query: async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = []) =>
      withClient(place, name, SUPERUSER, async (client) => (await client.query<Row>(text, values)).rows),
    dsn: (role = SUPERUSER, password = SUPERUSER_PASSWORD) =>
      `Host=127.0.0.1;Port=${place.port};Database=${name};Username=${role};Password=${password}`,
    drop: async () => {
      await asAdministrator(`drop database ${name} with (force)`);
    },
  };
}
