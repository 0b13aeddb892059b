import { type Cluster, createCluster } from '../harness/postgres/cluster.ts';
import { createDatabase } from '../harness/postgres/database.ts';
import { findInstallations } from '../harness/postgres/installations.ts';

/** The server that everything is measured on. */
export type Server = Cluster & { readonly version: string };

/*
 * Writes reach the disk as on a server that keeps what it says it has. pg_partman makes bounds in the server's zone. The crowd has 64
 * clients.
 */
const SETTINGS = ['fsync = on', "timezone = 'UTC'", 'max_connections = 150'];

/** Runs `use` with a new server: Debian's newest where there is one, since extensions are packaged for it; else npm's. */
export async function withServer<Result>(use: (server: Server) => Promise<Result>): Promise<Result> {
  const installations = await findInstallations();
  try {
    const installation = installations.at(-1);
    if (!installation) throw new Error('no PostgreSQL server is installed; run `npm ci`');
    const cluster = await createCluster({ installation, settings: SETTINGS });
    try {
      return await use({ ...cluster, version: await versionOf(cluster) });
    } finally {
      await cluster.dispose();
    }
  } finally {
    for (const { dispose } of installations) dispose();
  }
}

async function versionOf(cluster: Cluster): Promise<string> {
  const database = await createDatabase(cluster);
  const [row] = await database.query<{ version: string }>('select version()');
  await database.drop();
  return (row?.version ?? '').replace(/ on .*/, '');
}
