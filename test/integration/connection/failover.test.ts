import { rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { EXIT } from '../../../src/errors.ts';
import { isCut } from '../../../src/runtime/connection/errors.ts';
import { type Cluster, createCluster, freePort, SUPERUSER_PASSWORD } from '../../harness/postgres/cluster.ts';
import { createHost } from '../../harness/postgres/connection-host.ts';
import { refusal, rowOf, session } from '../../harness/postgres/sessions.ts';

const LOGIN = `Username=postgres;Password=${SUPERUSER_PASSWORD}`;

/** A standby made of the stopped primary's data folder. It never connects to it: it only has to be in recovery. */
async function createStandby(primary: Cluster, installation: Parameters<typeof createCluster>[0]['installation']) {
  await primary.stop();
  const signal = join(primary.data, 'standby.signal');
  writeFileSync(signal, '');
  const standby = await createCluster({ installation, copyOf: primary.data });
  rmSync(signal);
  await primary.start();
  return standby;
}

describe.each(inject('servers'))('$label', (installation) => {
  let primary: Cluster;
  let standby: Cluster;
  beforeAll(async () => {
    primary = await createCluster({ installation, hba: ['local peered all peer'] });
    standby = await createStandby(primary, installation);
  });
  afterAll(async () => {
    await standby?.dispose();
    await primary?.dispose();
  });

  test.each(['any', 'primary', 'read-write', 'Prefer-Primary'])(
    'finds the primary behind a standby (%s)',
    async (wish) => {
      const hosts = `Host=127.0.0.1:${standby.port},127.0.0.1:${primary.port};Target Session Attributes=${wish}`;
      expect(await rowOf(`${hosts};${LOGIN}`, 'select pg_is_in_recovery() as standby')).toEqual({ standby: 'f' });
    },
  );

  test('finds the primary behind a server that is down', async () => {
    const hosts = `Host=127.0.0.1:${await freePort()},127.0.0.1:${primary.port}`;
    expect(await rowOf(`${hosts};${LOGIN}`, 'select 1 as one')).toEqual({ one: '1' });
  });

  test('refuses a lone standby at once', async () => {
    // To try until the budget is spent would take longer than a test may.
    const budgetMs = 3_600_000;
    const error = await refusal(`Host=127.0.0.1:${standby.port};${LOGIN}`, EXIT.unreachable, { budgetMs });
    expect(error.message).toBe(`cannot connect to 127.0.0.1:${standby.port}: it is a standby, which takes no writes`);
    expect(error.advice).toContain('list all servers of the cluster');
  });

  test('names every host when none will do', async () => {
    const down = await freePort();
    const hosts = `Host=127.0.0.1:${down},127.0.0.1:${standby.port}`;
    const error = await refusal(`${hosts};${LOGIN}`, EXIT.unreachable, { budgetMs: 2_000 });
    expect(error.message).toMatch(
      new RegExp(
        `takes writes within \\S+ s:\\n  - 127\\.0\\.0\\.1:${down}: .*refused.*\\n  - 127\\.0\\.0\\.1:${standby.port}: it is a standby`,
      ),
    );
  });

  test('refuses a server that is set to take no writes', async () => {
    const dsn = `Host=127.0.0.1:${primary.port};${LOGIN}`;
    const error = await refusal(`${dsn};Options=-c default_transaction_read_only=on`, EXIT.unreachable);
    expect(error.message).toContain('default_transaction_read_only is on');
    expect(error.advice).toContain('pg_db_role_setting');
    expect(error.advice).not.toContain('list all servers');
  });

  test('logs in by peer authentication as the user of the operating system', async () => {
    const me = userInfo().username;
    const socket = `Host=${primary.sockets};Port=${primary.port};Database`;
    await rowOf(`${socket}=postgres;Username=postgres`, `create role "${me}" login`);
    await rowOf(`${socket}=postgres;Username=postgres`, 'create database peered');
    const { host } = createHost({ userName: () => me });
    expect(await rowOf(`${socket}=peered`, 'select current_user as who', { host })).toEqual({ who: me });
    const error = await refusal(`${socket}=peered;Username=postgres`, EXIT.missing);
    expect(error.message).toContain('Peer authentication failed');
  });

  test('waits while the server starts', async () => {
    const dsn = `Host=127.0.0.1:${primary.port};${LOGIN}`;
    await primary.stop();
    const { host, talk } = createHost();
    const connecting = rowOf(dsn, 'select 1 as one', { budgetMs: 30_000, host });
    await expect.poll(talk).toContain('waiting up to 30 s for the database');
    await primary.start();
    expect(await connecting).toEqual({ one: '1' });
  });

  test('tells a restart in the middle of a statement', async () => {
    const { host } = createHost();
    const dsn = `Host=127.0.0.1:${primary.port};${LOGIN}`;
    const running = session(dsn, (connection) => connection.query('select pg_sleep(60)'), { host }).catch(
      (reason: unknown) => reason,
    );
    const probe = () => rowOf(dsn, "select count(*) as n from pg_stat_activity where query = 'select pg_sleep(60)'");
    await expect.poll(probe).toEqual({ n: '1' });
    await primary.stop();
    const error = await running;
    await primary.start();
    expect(isCut(error)).toBe(true);
    expect(String(error)).toContain('terminating connection due to administrator command');
  });
});
