import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { renderMigration } from '../jobs/migration.ts';
import { MAINTAINER, OWNER, passwordOf } from '../jobs/scanner.ts';
import type { Host } from './host.ts';
import { poll } from './poll.ts';

const TABLE = 'scanner.artifact_boms';
const VERSIONS = '/usr/lib/postgresql';

/** Debian's server in a host, under its own unit, with the Scanner's schema in the database `postgres`. */
export type Server = {
  /** `PG_DSN` over TCP as a role that may do nothing but maintain, with its password. */
  readonly tcp: string;
  /** `PG_DSN` over the unix socket as the user that the jobs run as; the server sees who it is (peer authentication). */
  readonly socket: string;
  /** Rows of a query as the superuser: values joined by `|`. */
  query(text: string): Promise<string[]>;
  /** Names of the table's partitions, sorted. */
  partitions(): Promise<string[]>;
  /** Asks until the query has a row. */
  until(text: string): Promise<void>;
  /** Runs `use` while another session holds the table, so that a job that needs it waits. */
  withTableLocked(use: () => Promise<void>): Promise<void>;
};

export async function startServer(host: Host): Promise<Server> {
  const version = readdirSync(VERSIONS).sort().at(-1) ?? '';
  const cluster = ['--port=5432', '--locale=C', '--encoding=UTF8', version, 'hotlookup'];
  await host.succeed([
    'pg_createcluster',
    ...cluster,
    '--',
    '--no-sync',
    '--auth-local=peer',
    '--auth-host=scram-sha-256',
  ]);
  await host.succeed(['pg_conftool', version, 'hotlookup', 'set', 'fsync', 'off']);
  await host.succeed(['systemctl', 'start', `postgresql@${version}-hotlookup.service`]);
  const psql = async (input: string) => {
    const program = [`${VERSIONS}/${version}/bin/psql`, '-XqAt', '-v', 'ON_ERROR_STOP=1', '-h', '/var/run/postgresql'];
    const rows = await host.succeed(['runuser', '-u', 'postgres', '--', ...program], { input });
    return rows.split('\n').filter(Boolean);
  };
  await psql(roles);
  await psql(`set role ${OWNER};\n${renderMigration()}`);
  await psql(`grant hotlookup_maintenance to ${MAINTAINER}, hotlookup`);
  const until: Server['until'] = async (text) => {
    await poll(text, async () => ((await psql(text)).length > 0 ? true : undefined));
  };
  return {
    until,
    async withTableLocked(use) {
      const session = `set application_name = 'holder'; begin; lock table ${TABLE}; select pg_sleep(60)`;
      const ended = expect(psql(session)).rejects.toThrow('terminating connection');
      try {
        await until(`select 1 from pg_locks where relation = '${TABLE}'::regclass and granted`);
        await use();
      } finally {
        await psql(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'holder'`);
        await ended;
      }
    },
    tcp: `Host=127.0.0.1;Database=postgres;Username=${MAINTAINER};Password=${passwordOf(MAINTAINER)}`,
    socket: 'Host=/var/run/postgresql;Database=postgres;Username=hotlookup',
    query: psql,
    partitions: () =>
      psql(`select inhrelid::regclass from pg_inherits where inhparent = '${TABLE}'::regclass order by 1`),
  };
}

const roles = `
  create role ${OWNER} createrole login password '${passwordOf(OWNER)}';
  grant create on database postgres to ${OWNER};
  create role ${MAINTAINER} login password '${passwordOf(MAINTAINER)}';
  create role hotlookup login;`;
