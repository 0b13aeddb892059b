import type { PGlite } from '@electric-sql/pglite';
import { AppError } from '../errors.ts';
import type { EmbeddedDatabase } from '../world.ts';

const PACKAGES = ['@electric-sql/pglite', '@electric-sql/pglite-socket'];
const SUPERUSER = 'postgres';

/** Loads PGlite, boots it in memory and listens on a free port of 127.0.0.1. Nothing of it is loaded before this call. */
export async function startPglite(): Promise<EmbeddedDatabase> {
  const { PGlite, PGLiteSocketServer } = await load();
  const database = await PGlite.create();
  // The server's default limit of 1 turns away a client that connects before the last one's close has been noticed.
  const server = new PGLiteSocketServer({ db: database, host: '127.0.0.1', port: 0, maxConnections: 10 });
  await server.start();
  return {
    port: Number(server.getServerConn().split(':').at(-1)),
    execute: async (text) => {
      await become(database, SUPERUSER);
      await database.exec(text);
    },
    query: async <Row>(text: string) => {
      await become(database, SUPERUSER);
      return (await database.query<Row>(text)).rows;
    },
    openFor: (role) => become(database, role),
    stop: async () => {
      await server.stop();
      await database.close();
    },
  };
}

/**
 * Starts a new session in the one backend that all connections share: nothing is left of the last one's role, settings and
 * advisory locks. Named, because a reset goes back to the last connection's role; two calls, because DISCARD ALL may not
 * stand in a message with other statements.
 */
async function become(database: PGlite, role: string): Promise<void> {
  await database.exec('discard all');
  await database.exec(`set session authorization ${quoteIdentifier(role)}`);
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function load() {
  try {
    const [{ PGlite }, { PGLiteSocketServer }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite-socket'),
    ]);
    return { PGlite, PGLiteSocketServer };
  } catch (cause) {
    if (!isNotFound(cause)) throw cause;
    throw new AppError('missing', 'the demo runs on PGlite, which is not installed beside hotlookup', {
      advice: `Install it where hotlookup is (with --global if hotlookup is global): npm install ${PACKAGES.join(' ')}`,
      cause,
    });
  }
}

function isNotFound(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(`${error.code}`)
  );
}
