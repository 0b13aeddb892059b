import type { PGlite } from '@electric-sql/pglite';
import { AppError, EXIT } from '../errors.ts';
import type { EmbeddedDatabase } from '../world.ts';

const PACKAGES = ['@electric-sql/pglite', '@electric-sql/pglite-socket'];

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
      await takeOver(database);
      await database.exec(text);
    },
    query: async <Row>(text: string) => {
      await takeOver(database);
      return (await database.query<Row>(text)).rows;
    },
    openFor: async (role) => {
      await takeOver(database);
      await database.exec(`set session authorization ${quoteIdentifier(role)}`);
    },
    stop: async () => {
      await server.stop();
      await database.close();
    },
  };
}

/**
 * Ends what the last session left in the one backend that all share: its role, settings and advisory locks.
 * Two calls, because DISCARD ALL may not stand in a message with other statements.
 */
async function takeOver(database: PGlite): Promise<void> {
  await database.exec('reset session authorization');
  await database.exec('discard all');
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
    throw new AppError(EXIT.missing, 'the demo runs on PGlite, which is not installed beside hotlookup', {
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
