import { describe, expect, inject, test } from 'vitest';
import { inTransaction, keep } from '../../../src/runtime/locking/transaction.ts';
import { startHelper } from '../../harness/jobs/helper.ts';
import { onDatabase } from '../../harness/jobs/jobs.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { session } from '../../harness/postgres/sessions.ts';

const NAME = 'zero_damaged_pages';

/** Of one database each: what is set for a role alone or for the server would reach the tests that run beside this one. */
const PLACES: Readonly<Record<string, (database: Database) => { readonly set: string; readonly reset: string }>> = {
  'a role in a database': ({ name }) => ({
    set: `alter role ${OWNER} in database ${name} set ${NAME} = on`,
    reset: `ALTER ROLE "${OWNER}" IN DATABASE "${name}" RESET ${NAME};`,
  }),
  'a database': ({ name }) => ({
    set: `alter database ${name} set ${NAME} = on`,
    reset: `ALTER DATABASE "${name}" RESET ${NAME};`,
  }),
};

describe.each(inject('servers'))('$label', (server) => {
  test.each(Object.entries(PLACES))('what is set for %s is refused, and what is advised mends it', (_, place) =>
    onDatabase(server, async (database) => {
      const { set, reset } = place(database);
      await database.query(set);
      const refused = await startHelper(database, { args: ['status'] });
      expect(refused).toMatchObject({
        exitCode: 7,
        stderr: expect.stringContaining(`As a superuser, run: ${reset}`),
      });
      await database.query(reset);
      expect(await startHelper(database, { args: ['status'] })).toMatchObject({ exitCode: 0, stderr: '' });
    })(),
  );

  test(
    'nothing is written any more once the server is told to take no writes, though a run has begun',
    onDatabase(server, (database) =>
      session(database.dsn(), async (connection) => {
        const write = () =>
          inTransaction(connection, { isolation: 'READ COMMITTED', lockTimeoutMs: 50 }, [], async (transaction) =>
            keep(await transaction.send('create table public.written ()')),
          );
        // What a reload of the configuration does to the sessions that are there.
        await connection.query('set default_transaction_read_only = on');
        await expect(write()).rejects.toMatchObject({
          exitCode: 4,
          message: expect.stringContaining('no more writes'),
        });
        expect(await database.query(`select where to_regclass('public.written') is not null`)).toEqual([]);
        await connection.query('set default_transaction_read_only = off');
        await write();
      }),
    ),
  );

  test(
    'what stands in PG_DSN is to be taken out there',
    onDatabase(server, async (database) => {
      const dsn = `${database.dsn()};Options=-c ${NAME}=on`;
      expect(await startHelper(database, { dsn, args: ['status'] })).toMatchObject({
        exitCode: 7,
        stderr: expect.stringContaining(`Take ${NAME} out of Options in PG_DSN.`),
      });
    }),
  );
});
