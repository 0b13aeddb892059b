import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import type { Connection } from '../../../src/runtime/connection/connection.ts';
import { CALL_SEARCH_PATH, OWN_SETTINGS } from '../../../src/runtime/connection/settings/sql.ts';
import { handled } from '../../../src/runtime/connection/settings/table.ts';
import { withSessionLock } from '../../../src/runtime/locking/job-lock.ts';
import { sendOutsideTransaction } from '../../../src/runtime/locking/single-statement.ts';
import { readSnapshot } from '../../../src/runtime/locking/snapshot.ts';
import { discard, inTransaction, keep } from '../../../src/runtime/locking/transaction.ts';
import { cellOf, textOf } from '../../../src/runtime/shared/answer.ts';
import { startHelper } from '../../harness/jobs/helper.ts';
import { addMonths, dsnOf, onDatabase } from '../../harness/jobs/jobs.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import { SUPERUSER } from '../../harness/postgres/cluster.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { HOSTILE, makeHostile } from '../../harness/postgres/hostile-role.ts';
import { createPooler } from '../../harness/postgres/pooler.ts';
import { session } from '../../harness/postgres/sessions.ts';
import { describeNeeding } from '../../harness/runner/needs.ts';

const OPTIONS = { isolation: 'READ COMMITTED', lockTimeoutMs: 50, countsRows: true } as const;
const SET = [...handled('pinned'), ...handled('counted'), ...handled('budget'), ...handled('named')].map(
  ({ name }) => name,
);

/** The settings of the table that the server has, as the session or transaction has them. */
const VALUES = `select pg_catalog.json_object_agg(n, v)::pg_catalog.text as values from (select n, pg_catalog.current_setting(n, true) as v
  from pg_catalog.unnest('{${SET.join(',')}}'::pg_catalog.text[]) n) s where v is not null`;
type Values = Readonly<Record<string, string>>;

const valuesIn = async (connection: Connection): Promise<Values> => {
  const [result] = await connection.query(VALUES);
  return JSON.parse(textOf(result, 'values'));
};

/** What a transaction of the helper has, whichever way it ends. */
const pinnedIn = (connection: Connection, isKept: boolean): Promise<Values> =>
  inTransaction(connection, OPTIONS, [VALUES], async (_, [opened]) =>
    (isKept ? keep : discard)(JSON.parse(textOf(opened, 'values'))),
  );

const asOwner = <Result>(database: Database, use: (connection: Connection) => Promise<Result>) =>
  session(dsnOf(database, OWNER), use);

const isSpan = (name: string) => name.endsWith('_timeout') || name.endsWith('_interval');

/** PostgreSQL's own spelling of what the hostile role has. */
const OWN_SPELLING: Values = {
  client_connection_check_interval: '0',
  restrict_nonsystem_relation_kind: 'view, foreign-table',
};

function expectHostile(values: Values): void {
  const brought = Object.keys(values).filter((name) => Object.hasOwn(HOSTILE, name));
  const hostile = brought.map((name) => [name, OWN_SPELLING[name] ?? HOSTILE[name]]);
  expect(Object.fromEntries(brought.map((name) => [name, values[name]]))).toEqual(Object.fromEntries(hostile));
}

function expectPinned(values: Values): void {
  const pins = [...handled('pinned'), ...handled('counted')].filter(({ name }) => Object.hasOwn(values, name));
  expect(Object.fromEntries(pins.map(({ name }) => [name, values[name]]))).toEqual(
    Object.fromEntries(pins.map(({ name, value }) => [name, value])),
  );
  expect(values).toMatchObject({
    transaction_isolation: 'read committed',
    transaction_read_only: 'off',
    transaction_deferrable: 'off',
    lock_timeout: '50ms',
    statement_timeout: '0',
    idle_session_timeout: '0',
    ...(values['transaction_timeout'] !== undefined && { transaction_timeout: '0' }),
  });
}

test('the hostile role has another value for everything that a transaction sets', () => {
  const tame = [...handled('pinned'), ...handled('counted')].filter(({ name, value }) =>
    [value, undefined].includes(HOSTILE[name]),
  );
  expect(tame.map(({ name }) => name)).toEqual([]);
  const untamed = SET.filter((name) => isSpan(name) || name.startsWith('default_'));
  expect(untamed.filter((name) => !Object.hasOwn(HOSTILE, name))).toEqual([]);
});

describe.each(inject('servers'))('$label', (server) => {
  test(
    'what the role has does not reach a transaction, and is there again after it',
    onDatabase(server, (database) =>
      asOwner(database, async (connection) => {
        expectHostile(await valuesIn(connection));
        for (const isKept of [true, false]) {
          expectPinned(await pinnedIn(connection, isKept));
          expectHostile(await valuesIn(connection));
        }
      }),
    ),
  );

  test(
    'a superuser who brings all that along can run every job, too',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      await makeHostile(database, SUPERUSER);
      for (const args of [['status'], ['ensure', '3'], ['retention', '12', 'true'], ['retention', '12', 'false']]) {
        const { exitCode, stderr } = await startHelper(database, { dsn: database.dsn(), args });
        expect({ args, exitCode, stderr }).toEqual({ args, exitCode: 0, stderr: '' });
      }
    }),
  );

  test(
    'no table of the session stands before the catalog',
    onDatabase(server, (database) =>
      asOwner(database, async (connection) => {
        await connection.query('create temporary table pg_class as select 1 as lie');
        const [found] = await readSnapshot(
          connection,
          50,
          `select relname from pg_class where oid = 'pg_class'::regclass`,
        );
        expect(cellOf(found, 'relname')).toBe('pg_class');
      }),
    ),
  );

  test(
    'nothing of a transaction is compiled, not even what turns that off',
    onDatabase(server, async (database) => {
      for (const name of ['jit_above_cost', 'jit_inline_above_cost', 'jit_optimize_above_cost'])
        await database.query(`alter role ${OWNER} in database ${database.name} set ${name} = 0`);
      await asOwner(database, async (connection) => {
        await readSnapshot(connection, 50, 'select count(*) from pg_class');
        const loaded = readFileSync(`/proc/${connection.server.processId}/maps`, 'utf8');
        expect(loaded).toContain('postgres');
        expect(loaded).not.toContain('llvmjit');
      });
    }),
  );

  test(
    'no time-out of the role ends a transaction or the session that it is in',
    onDatabase(server, async (database) => {
      const names = ['statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout'];
      const known = await database.query<{ name: string }>('select name from pg_settings where name = any ($1)', [
        names,
      ]);
      for (const { name } of known)
        await database.query(`alter role ${OWNER} in database ${database.name} set ${name} = '250ms'`);
      await asOwner(database, (connection) =>
        inTransaction(connection, OPTIONS, [], async (transaction) => {
          await transaction.send('select pg_sleep(0.4)');
          await new Promise((resolve) => setTimeout(resolve, 400));
          const [still] = await transaction.send('select 1 as here');
          expect(cellOf(still, 'here')).toBe('1');
          return discard(undefined);
        }),
      );
    }),
  );

  test(
    'a statement outside of any transaction has limits of its own, and the session has those of the role after it',
    onDatabase(server, (database) =>
      asOwner(database, async (connection) => {
        const limits = { lockMs: 70, statementMs: 9_000 };
        const before = await valuesIn(connection);
        // What is wrong stands in the error, as such a statement gives no rows.
        const check = `do $$ begin if array[pg_catalog.current_setting('lock_timeout'), pg_catalog.current_setting('statement_timeout'),
            pg_catalog.current_setting('transaction_isolation'), pg_catalog.current_setting('transaction_deferrable'),
            pg_catalog.current_setting('exit_on_error'), pg_catalog.current_setting('search_path')]
          <> '{70ms,9s,read committed,off,off,"pg_catalog, pg_temp"}' then raise 'not its own'; end if; end $$`;
        const outcome = await withSessionLock(connection, '42', 50, async (lock) => {
          await sendOutsideTransaction(connection, lock, check, limits);
          await expect(sendOutsideTransaction(connection, lock, 'select 1/0', limits)).rejects.toMatchObject({
            code: '22012',
          });
        });
        expect(outcome).toBeUndefined();
        const kept = {
          idle_session_timeout: '0',
          exit_on_error: 'off',
          ...('transaction_timeout' in before && { transaction_timeout: '0' }),
        };
        expect(await valuesIn(connection)).toEqual({ ...before, ...kept });
      }),
    ),
  );

  test(
    'around a call the search path is that of the role or of PG_DSN',
    onDatabase(server, async (database) => {
      const path = 'select pg_catalog.current_setting($$search_path$$) as path';
      const seen = (dsn: string) =>
        session(dsn, async (connection) => {
          const results = await inTransaction(connection, OPTIONS, [], async (transaction) =>
            keep(await transaction.send(path, CALL_SEARCH_PATH, path, OWN_SETTINGS, path)),
          );
          const [after] = await connection.query(path);
          return [results[0], results[2], results[4], after].map((result) => cellOf(result, 'path'));
        });
      const own = 'pg_catalog, pg_temp';
      const { search_path: hostile = '' } = HOSTILE;
      expect(await seen(dsnOf(database, OWNER))).toEqual([own, hostile, own, hostile]);
      const dsn = `${dsnOf(database, OWNER)};Search Path=scanner,public`;
      expect(await seen(dsn)).toEqual([own, 'scanner,public', own, 'scanner,public']);
    }),
  );

  test(
    'what a function has set is taken back before the helper looks what has come of it',
    onDatabase(server, (database) =>
      asOwner(database, async (connection) => {
        const changes = handled('pinned').map(({ name }) => [name, HOSTILE[name]] as const);
        const set = changes.map(
          ([name, value]) =>
            `case when pg_catalog.current_setting('${name}', true) is not null then pg_catalog.set_config('${name}', '${value}', true) end`,
        );
        await inTransaction(connection, OPTIONS, [], async (transaction) => {
          const results = await transaction.send(`select ${set.join(', ')}`, VALUES, OWN_SETTINGS, VALUES);
          expectHostile(
            Object.fromEntries(
              Object.entries(JSON.parse(textOf(results[1], 'values'))).filter(([name]) =>
                changes.some(([one]) => one === name),
              ),
            ) as Values,
          );
          expectPinned(JSON.parse(textOf(results[3], 'values')));
          return discard(undefined);
        });
      }),
    ),
  );
});

const [server] = inject('servers');
if (!server) throw new Error('there is no server to test with');

describeNeeding({ programs: ['pgbouncer'] }, 'through PgBouncer', () => {
  test(
    'the next client of the same server process finds nothing of a transaction',
    onDatabase(server, async (database) => {
      const pooler = await createPooler(server, [database], [OWNER]);
      try {
        const through = <Result>(use: (connection: Connection) => Promise<Result>) =>
          session(pooler.dsn(database, OWNER), use);
        const pid = async (connection: Connection) =>
          cellOf((await connection.query('select pg_catalog.pg_backend_pid() as pid'))[0], 'pid');
        const first = await through(async (connection) => {
          for (const isKept of [true, false]) expectPinned(await pinnedIn(connection, isKept));
          return pid(connection);
        });
        await through(async (connection) => {
          expect(await pid(connection)).toBe(first);
          expectHostile(await valuesIn(connection));
        });
      } finally {
        await pooler.close();
      }
    }),
  );
});
