import { chmodSync, chownSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { EXIT } from '../../src/errors.ts';
import { freePort } from '../support/cluster.ts';
import { createDatabase, type Database } from '../support/database.ts';
import { describeNeeding } from '../support/needs.ts';
import { refusal, rowOf, session } from '../support/sessions.ts';
import { makeTemporary } from '../support/temporary.ts';

const [server] = inject('servers');
if (!server) throw new Error('there is no server to test with');

/** PgBouncer refuses to run as root. */
const identity = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

describeNeeding({ programs: ['pgbouncer'] }, 'PgBouncer, pooling by transaction', () => {
  let folder: string;
  let database: Database;
  let second: Database;
  let port: number;
  let pooler: ReturnType<typeof launch>;
  const launch = () => execa('pgbouncer', [join(folder, 'pgbouncer.ini')], { ...identity, reject: false });
  const dsn = (rest = '') =>
    `Host=127.0.0.1;Port=${port};Database=${database.name};Username=postgres;Password=pooled;${rest}`;

  beforeAll(async () => {
    [database, second] = await Promise.all([createDatabase(server), createDatabase(server)]);
    port = await freePort();
    folder = makeTemporary('pgbouncer');
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, 'users'), '"postgres" "pooled"\n');
    writeFileSync(join(folder, 'log'), '');
    if (identity.uid !== undefined) chownSync(join(folder, 'log'), identity.uid, identity.gid);
    const options = [
      'pool_mode = transaction',
      'default_pool_size = 1',
      'auth_type = scram-sha-256',
      'listen_addr = 127.0.0.1',
    ];
    writeFileSync(
      join(folder, 'pgbouncer.ini'),
      [
        '[databases]',
        ...[database, second].map(({ name }) => `${name} = host=${server.sockets} port=${server.port}`),
        '[pgbouncer]',
        ...options,
        `listen_port = ${port}`,
        'unix_socket_dir =',
        `auth_file = ${join(folder, 'users')}`,
        `logfile = ${join(folder, 'log')}`,
        '',
      ].join('\n'),
    );
    pooler = launch();
    await rowOf(dsn(), 'select 1', { budgetMs: 10_000 }).catch((error: unknown) => {
      throw new Error(readFileSync(join(folder, 'log'), 'utf8'), { cause: error });
    });
  });
  afterAll(async () => {
    pooler?.kill('SIGINT');
    await pooler;
    await database?.drop();
    await second?.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('a session through it knows the server behind', async () => {
    const { version } = await session(dsn(), async (connection) => connection.server);
    expect(version).toBe(server.major);
  });

  test('nothing that a session starts with is left behind for the next one', async () => {
    await rowOf(dsn('Application Name=first'), 'select 1');
    const row = await rowOf(dsn('Timezone=Asia/Tokyo'), "select current_setting('TimeZone') as zone");
    expect(row).toEqual({ zone: 'Asia/Tokyo' });
    const next = await rowOf(dsn(), "select current_setting('application_name') as name");
    expect(next).toEqual({ name: 'hotlookup test' });
  });

  test('what it remembers of a database is not believed before a refusal', async () => {
    const text = dsn(`Database=${second.name}`);
    await database.query(`alter database ${second.name} set default_transaction_read_only = on`);
    const error = await refusal(text, EXIT.unreachable, { budgetMs: 5_000 });
    expect(error.message).toContain('takes no writes');

    await database.query(`alter database ${second.name} reset default_transaction_read_only`);
    await database.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [second.name]);
    expect(await rowOf(text, 'select 1 as one')).toEqual({ one: '1' });
  });

  test('a wrong password and an unknown database are told at once', async () => {
    const password = await refusal(dsn('Password=guess'), EXIT.missing, { budgetMs: 20_000 });
    expect(password.message).not.toContain('guess');
    const nowhere = await refusal(dsn('Database=nowhere'), EXIT.missing, { budgetMs: 20_000 });
    expect(nowhere.message).toContain('nowhere');
  });

  test('a startup parameter that it does not take is a mistake in the DSN', async () => {
    const error = await refusal(dsn('Search Path=public'), EXIT.configuration, { budgetMs: 20_000 });
    expect(error.message).toContain('unsupported startup parameter');
    expect(error.advice).toContain('Search Path');
  });
});
