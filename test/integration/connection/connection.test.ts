import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { AppError, EXIT } from '../../../src/errors.ts';
import { isCut } from '../../../src/runtime/connection/errors.ts';
import { freePort } from '../../harness/postgres/cluster.ts';
import { createHost } from '../../harness/postgres/connection-host.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import { createProxy } from '../../harness/postgres/proxy.ts';
import { refusal, rowOf, session } from '../../harness/postgres/sessions.ts';

const [server] = inject('servers');
if (!server) throw new Error('there is no server to test with');

describe.each(inject('servers'))('$label', (place) => {
  let database: Database;
  beforeAll(async () => {
    database = await createDatabase(place);
  });
  afterAll(() => database.drop());

  test('gives one result per statement of a message, every value as text', async () => {
    const results = await session(database.dsn(), (connection) =>
      connection.query(
        "begin; select 9007199254740993::int8 as big, true as yes, null as none, '2026-01-31'::date as day; commit",
      ),
    );
    expect(results).toEqual([
      { command: 'BEGIN', rows: [] },
      { command: 'SELECT', rows: [{ big: '9007199254740993', yes: 't', none: null, day: '2026-01-31' }] },
      { command: 'COMMIT', rows: [] },
    ]);
  });

  test('tells which server answered', async () => {
    const { address, version } = await session(database.dsn(), async (connection) => connection.server);
    expect({ address, version }).toEqual({ address: `127.0.0.1:${place.port}`, version: place.major });
  });

  test('sends what the DSN sets at the start of the session', async () => {
    const settings =
      'Application Name=mine;Search Path=pg_catalog,"$user",public;Timezone=Asia/Tokyo;Options=-c work_mem=77kB';
    const row = await rowOf(
      `${database.dsn()};${settings}`,
      `select current_setting('application_name') as name, current_setting('search_path') as path,
              current_setting('TimeZone') as zone, current_setting('work_mem') as memory`,
    );
    expect(row).toEqual({ name: 'mine', path: 'pg_catalog,"$user",public', zone: 'Asia/Tokyo', memory: '77kB' });
  });

  test('connects through a socket folder, with a URI and with PGUSER', async () => {
    const { host } = createHost({ environment: { PGUSER: 'postgres' } });
    const row = await rowOf(
      `postgres:///${database.name}?host=${place.sockets}&port=${place.port}`,
      'select user as who',
      { host },
    );
    expect(row).toEqual({ who: 'postgres' });
  });

  test('a wrong password is told at once, without the password', async () => {
    const error = await refusal(database.dsn('postgres', 'not-the-password'), EXIT.missing);
    expect(error.message).toMatch(
      /cannot log in at 127\.0\.0\.1:\d+ as user postgres, database test_\w+: password auth/,
    );
    expect(JSON.stringify([error.message, error.advice, error.stack, error.cause])).not.toContain('not-the-password');
  });

  test('a password that is asked for and missing is told', async () => {
    const error = await refusal(`Host=127.0.0.1;Port=${place.port};Username=postgres`, EXIT.missing);
    expect(error.message).toContain('asks for the password of user postgres, and there is none');
  });

  test('a missing database is told at once', async () => {
    const error = await refusal(database.dsn().replace(database.name, 'nowhere'), EXIT.missing);
    expect(error.message).toContain('database "nowhere" does not exist');
    expect(error.advice).toBe('Correct Database in PG_DSN.');
  });

  test('a setting that PostgreSQL refuses is a mistake in the DSN', async () => {
    const error = await refusal(`${database.dsn()};Timezone=Nowhere/Land`, EXIT.configuration);
    expect(error.advice).toContain('Timezone');
  });

  test('waits for a free connection', async () => {
    await database.query(`create role crowd_${database.name} login connection limit 1 password 'p'`);
    const dsn = database.dsn(`crowd_${database.name}`, 'p');
    let leave = () => {};
    const holder = session(
      dsn,
      () =>
        new Promise<void>((resolve) => {
          leave = resolve;
        }),
    );
    await expect
      .poll(() => database.query('select 1 from pg_stat_activity where usename = $1', [`crowd_${database.name}`]))
      .toHaveLength(1);
    const { host, talk } = createHost();
    const waiting = rowOf(dsn, 'select 1 as one', { host });
    await expect.poll(talk).toContain('too many connections for role');
    leave();
    await holder;
    expect(await waiting).toEqual({ one: '1' });
    await database.query(`drop role crowd_${database.name}`);
  });

  test('a failed statement is PostgreSQL’s own error, and the session goes on', async () => {
    const row = await session(database.dsn(), async (connection) => {
      await expect(connection.query('select 1/0')).rejects.toMatchObject({ code: '22012' });
      return (await connection.query('select 1 as one'))[0]?.rows[0];
    });
    expect(row).toEqual({ one: '1' });
  });

  test('a session that is ended while a statement runs is a cut', async () => {
    const error = await session(database.dsn(), (connection) =>
      connection.query('select pg_terminate_backend(pg_backend_pid())'),
    ).catch((reason: unknown) => reason);
    expect(isCut(error)).toBe(true);
    expect(error).toMatchObject({ exitCode: EXIT.unreachable });
  });

  test('a session that is ended between two statements is a cut at the next one', async () => {
    const error = await session(database.dsn(), async (connection) => {
      const pid = (await connection.query('select pg_backend_pid() as pid'))[0]?.rows[0]?.['pid'];
      await database.query('select pg_terminate_backend($1)', [pid]);
      await expect.poll(() => database.query('select 1 from pg_stat_activity where pid = $1', [pid])).toHaveLength(0);
      return connection.query('select 1');
    }).catch((reason: unknown) => reason);
    expect(isCut(error)).toBe(true);
    expect(String(error)).toContain('terminating connection');
  });
});

describe('a connection that is cut', () => {
  test.each([true, false])('at COMMIT (delivered: %s) is told as such', async (deliver) => {
    const proxy = await createProxy({ target: server.port, cutAt: { text: 'COMMIT', deliver } });
    const dsn = `Host=127.0.0.1;Port=${proxy.port};Database=postgres;Username=postgres;Password=superuser-password`;
    const error = await session(dsn, async (connection) => {
      await connection.query('BEGIN');
      return connection.query('COMMIT');
    }).catch((reason: unknown) => reason);
    await proxy.close();
    expect(isCut(error)).toBe(true);
    expect(String(error)).toContain(`the connection to 127.0.0.1:${proxy.port} was lost while a statement ran`);
  });

  test('while logging in is tried again', async () => {
    const proxy = await createProxy({ target: server.port, cutBefore: 2 });
    const dsn = `Host=127.0.0.1;Port=${proxy.port};Username=postgres;Password=superuser-password`;
    const error = await refusal(dsn, EXIT.unreachable, { budgetMs: 1_000 });
    await proxy.close();
    expect(proxy.connections()).toBeGreaterThan(2);
    expect(error.message).toMatch(/^cannot connect to 127\.0\.0\.1:\d+ within \d.*: the connection was closed/i);
  });
});

describe('a server that is not there', () => {
  test('is waited for within the budget, then told with what to do', async () => {
    const port = await freePort();
    const { host, talk } = createHost();
    const error = await refusal(`Host=127.0.0.1;Port=${port};Username=u`, EXIT.unreachable, { budgetMs: 700, host });
    expect(error.message).toMatch(/^cannot connect to 127\.0\.0\.1:\d+ within \S+ s: the connection is refused/);
    expect(error.advice).toContain('Check that the server runs');
    expect(talk().match(/waiting up to 0\.7 s/g)).toHaveLength(1);
  });

  test('or whose socket is missing, names the socket', async () => {
    const error = await refusal('Host=/nonexistent;Username=u', EXIT.unreachable, { budgetMs: 100 });
    expect(error.message).toContain('/nonexistent/.s.PGSQL.5432');
  });

  test('or whose name is unknown, is an error after the budget', async () => {
    const error = await refusal('Host=nowhere.invalid;Username=u', EXIT.unreachable, { budgetMs: 300 });
    expect(error.message).toContain('nowhere.invalid:5432');
  });
});

describe('a server that accepts and says nothing', () => {
  const silent = createServer();
  beforeAll(() => new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve)));
  afterAll(() => {
    silent.close();
  });
  const silentPort = () => {
    const address = silent.address();
    return typeof address === 'object' ? address?.port : undefined;
  };
  const dsn = () => `Host=127.0.0.1;Port=${silentPort()};Username=u`;

  test('costs no more than the budget', async () => {
    const error = await refusal(dsn(), EXIT.unreachable, { budgetMs: 400 });
    expect(error.message).toContain('no answer within');
  });

  test('is given up after Timeout and tried again', async () => {
    let connections = 0;
    silent.on('connection', () => {
      connections += 1;
    });
    const error = await refusal(`${dsn()};Timeout=1`, EXIT.unreachable, { budgetMs: 2_500 });
    expect(error.message).toContain('no answer within 1 s');
    expect(connections).toBeGreaterThan(1);
  });

  test('leaves time for the next host of the list', async () => {
    const hosts = `Host=127.0.0.1:${silentPort()},127.0.0.1:${server.port}`;
    const login = 'Username=postgres;Password=superuser-password';
    expect(await rowOf(`${hosts};${login}`, 'select 1 as one', { budgetMs: 6_000 })).toEqual({ one: '1' });
  });

  test('does not hold up a signal', async () => {
    const controller = new AbortController();
    const { host } = createHost({ signal: controller.signal });
    const connecting = refusal(dsn(), EXIT.terminated, { budgetMs: 60_000, host });
    controller.abort(new AppError('terminated', 'stopped'));
    expect((await connecting).message).toBe('stopped');
  });
});

test('a signal ends a running statement at once', async () => {
  const controller = new AbortController();
  const { host } = createHost({ signal: controller.signal });
  const dsn = `Host=127.0.0.1;Port=${server.port};Username=postgres;Password=superuser-password`;
  const running = rowOf(dsn, 'select pg_sleep(60)', { host }).catch((reason: unknown) => reason);
  const probe = () => rowOf(dsn, "select count(*) as n from pg_stat_activity where query = 'select pg_sleep(60)'");
  await expect.poll(probe).toEqual({ n: '1' });
  const reason = new AppError('interrupted', 'stopped');
  controller.abort(reason);
  expect(await running).toBe(reason);
});
