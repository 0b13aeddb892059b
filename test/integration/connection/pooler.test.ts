import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import { createPooler, type Pooler } from '../../harness/postgres/pooler.ts';
import { refusal, rowOf, session } from '../../harness/postgres/sessions.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

const [server] = inject('servers');
if (!server) throw new Error('there is no server to test with');

describeNeeding({ programs: ['pgbouncer'] }, 'PgBouncer, pooling by transaction', () => {
  let database: Database;
  let second: Database;
  let pooler: Pooler;
  const dsn = (rest = '') => `${pooler.dsn(database)}${rest}`;

  beforeAll(async () => {
    [database, second] = await Promise.all([createDatabase(server), createDatabase(server)]);
    pooler = await createPooler(server, [database, second]);
  });
  afterAll(async () => {
    await pooler?.close();
    await database?.drop();
    await second?.drop();
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
