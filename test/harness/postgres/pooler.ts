import { chmodSync, chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { makeTemporary } from '../runner/temporary.ts';
import { freePort, SUPERUSER } from './cluster.ts';
import type { Database, Place } from './database.ts';
import { rowOf } from './sessions.ts';

/** PgBouncer refuses to run as root. */
const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

export type Pooler = {
  /** A PG_DSN that leads through it; ends in a semicolon. Every role's password is `pooled`. */
  dsn(database: Database, role?: string): string;
  close(): Promise<void>;
};

const SETTINGS = [
  'pool_mode = transaction',
  'default_pool_size = 1',
  'auth_type = scram-sha-256',
  'listen_addr = 127.0.0.1',
];

/** PgBouncer, pooling by transaction, in front of these databases of one server. */
export async function createPooler(
  server: Place,
  databases: readonly Database[],
  roles: readonly string[] = [SUPERUSER],
): Promise<Pooler> {
  const port = await freePort();
  const folder = makeTemporary('pgbouncer');
  chmodSync(folder, 0o755);
  const log = join(folder, 'log');
  writeFileSync(join(folder, 'users'), roles.map((role) => `"${role}" "pooled"\n`).join(''));
  writeFileSync(log, '');
  if (identity.uid !== undefined) chownSync(log, identity.uid, identity.gid);
  const lines = [
    '[databases]',
    ...databases.map(({ name }) => `${name} = host=${server.sockets} port=${server.port}`),
    '[pgbouncer]',
    ...SETTINGS,
    `listen_port = ${port}`,
    'unix_socket_dir =',
    `auth_file = ${join(folder, 'users')}`,
    `logfile = ${log}`,
    '',
  ];
  writeFileSync(join(folder, 'pgbouncer.ini'), lines.join('\n'));
  const pgbouncer = execa('pgbouncer', [join(folder, 'pgbouncer.ini')], { ...identity, reject: false });
  const pooler: Pooler = {
    dsn: ({ name }, role = SUPERUSER) =>
      `Host=127.0.0.1;Port=${port};Database=${name};Username=${role};Password=pooled;`,
    async close() {
      pgbouncer.kill('SIGINT');
      await pgbouncer;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const [database] = databases;
  if (!database) throw new Error('a pooler needs a database');
  await rowOf(pooler.dsn(database, roles[0]), 'select 1', { budgetMs: 10_000 }).catch(async (error: unknown) => {
    const said = readFileSync(log, 'utf8');
    await pooler.close();
    throw new Error(said, { cause: error });
  });
  return pooler;
}
