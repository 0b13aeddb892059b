import { spawnSync } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  addMonths,
  dsnOf,
  firstOfMonth,
  onDatabase,
  report,
  runJob,
  runScript,
  startScript,
} from '../../harness/jobs/jobs.ts';
import { DROP_OLD, ENSURE, PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, STRANGER } from '../../harness/jobs/scanner.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import { someServer } from '../../harness/postgres/some-server.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
import { makeTemporary } from '../../harness/runner/temporary.ts';

const PASSWORD = `a;b"c'd $e %f\\g`;

let tree: Tree;
let folder: string;
beforeAll(async () => {
  tree = await writeTree();
  folder = makeTemporary('jobs');
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await tree.dispose();
});

describe('without a database', () => {
  // A port that nothing listens on: had a connection been tried, the exit code would be 4.
  const environment = { PG_DSN: 'Host=127.0.0.1;Port=1;Username=u;Password=hunter2;Timeout=1' };

  test.each([
    ['ensure', ['']],
    ['ensure', ['121']],
    ['ensure', ['1', 'true']],
    ['retention', ['0', 'false']],
    ['retention', ['12', '']],
    ['retention', ['12', 'maybe']],
    ['status', ['now']],
  ] as const)('%s %j is exit 2 with a usage line', async (verb, args) => {
    const ran = await runScript(tree, verb, args, environment);
    expect(ran).toMatchObject({
      exitCode: 2,
      stdout: '',
      stderr: expect.stringMatching(/\nusage: scanner-artifact-boms-/),
    });
  });

  test('--help is exit 0 and tells the exit codes', async () => {
    const ran = await runScript(tree, 'retention', ['--help'], {});
    expect(ran).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/ {2}8 {2}time budget spent/) });
  });

  test('no PG_DSN is exit 3 and says where it belongs', async () => {
    const envFile = join(folder, 'none.env');
    const bare = await writeTree({ envFile });
    try {
      const ran = await runScript(bare, 'ensure', [], {});
      expect(ran).toMatchObject({ exitCode: 3, stderr: expect.stringContaining(`${envFile} does not exist`) });
    } finally {
      await bare.dispose();
    }
  });

  test('a server that is down is exit 4, and nothing shows the password', async () => {
    const impatient = await writeTree({ budgets: { connect: '1s' } });
    try {
      const ran = await runScript(impatient, 'ensure', [], environment);
      expect(ran).toMatchObject({ exitCode: 4, stdout: '' });
      expect(ran.stderr).not.toContain('hunter2');
    } finally {
      await impatient.dispose();
    }
  });

  test('a job that is switched off is exit 2', async () => {
    const retention = { function: DROP_OLD };
    const half = await writeTree({
      partitionSets: [{ name: 'scanner-artifact-boms', table: PARENT, ensure: false, retention }],
    });
    try {
      const run = execa('bash', [half.script('scanner-artifact-boms-partitions.sh'), 'ensure'], {
        reject: false,
        env: environment,
      });
      expect(await run).toMatchObject({
        exitCode: 2,
        stderr: expect.stringMatching(/ensure job of scanner-artifact-boms is switched off/),
      });
    } finally {
      await half.dispose();
    }
  });
});

describe.each(someServer('jobs'))('$label', (server) => {
  test(
    'a role without EXECUTE is exit 5 and gets the GRANT that helps',
    onDatabase(server, async (database) => {
      const asStranger = { PG_DSN: dsnOf(database, STRANGER) };
      const ran = await runScript(tree, 'ensure', [], asStranger);
      expect(ran).toMatchObject({
        exitCode: 5,
        stdout: '',
        stderr: expect.stringMatching(/^the role stranger may not execute/),
      });
      const grant = /run: (GRANT .*;)$/m.exec(ran.stderr)?.[1] ?? '';
      expect(grant).toMatch(/^GRANT USAGE .* GRANT EXECUTE /);
      await database.query(grant);
      expect(await runScript(tree, 'ensure', ['2'], asStranger)).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await runScript(tree, 'retention', [], asStranger)).toMatchObject({ exitCode: 5 });
    }),
  );

  test.each([
    ['function', `drop function ${ENSURE}(int)`, 5, /function scanner\.ensure.*\(integer\) does not exist\n/],
    [
      'argument type',
      `drop function ${ENSURE}(int); create function ${ENSURE}(text, bool) returns void language sql as ''`,
      5,
      /does not exist; found: .*\(text, boolean\)/,
    ],
    [
      'aggregate',
      `drop function ${ENSURE}(int); create aggregate ${ENSURE}(int) (sfunc = int4pl, stype = int)`,
      7,
      /is an aggregate/,
    ],
    ['table', `drop table ${PARENT}`, 5, /table scanner\.artifact_boms does not exist in this database/],
    [
      'partitioning',
      `drop table ${PARENT}; create table ${PARENT} (a int)`,
      7,
      /is an ordinary table, not a partitioned table/,
    ],
    [
      'strategy',
      `drop table ${PARENT}; create table ${PARENT} (a int) partition by list (a)`,
      7,
      /partitioned by list, not by range/,
    ],
    [
      'key',
      `drop table ${PARENT}; create table ${PARENT} (a int) partition by range (a)`,
      7,
      /partitioned by integer, not by a timestamptz/,
    ],
    [
      'expression',
      `drop table ${PARENT}; create table ${PARENT} (a int) partition by range ((a + 1))`,
      7,
      /partitioned by an expression/,
    ],
    [
      'number of keys',
      `drop table ${PARENT}; create table ${PARENT} (a date, b int) partition by range (a, b)`,
      7,
      /by 2 columns, not by one/,
    ],
  ])('the wrong %s is told', (_, change, exitCode, message) =>
    onDatabase(server, async (database) => {
      await database.query(change);
      expect(await runJob(tree, database, 'ensure')).toMatchObject({
        exitCode,
        stdout: '',
        stderr: expect.stringMatching(message),
      });
    })(),
  );

  describe.each(['timestamptz', 'timestamp', 'date'])(
    'a table by %s, in a time zone of its own, with hostile names',
    (type) => {
      const schema = `it's not a\\b;--`;
      const table = `t $1 %s 🐘 'x'`;

      test('ensure and retention work', async () => {
        const database = await createDatabase(server);
        const names = { table: `${schema}.${table}`, make: `${schema}.make 'it'`, drop: `${schema}.drop\\it` };
        const hostile = await writeTree({
          partitionSets: [
            {
              name: 'scanner-artifact-boms',
              table: names.table,
              ensure: { function: names.make },
              retention: { function: names.drop },
            },
          ],
        });
        try {
          await createHostile(database, schema, table, type);
          expect(await runJob(hostile, database, 'ensure', '2')).toMatchObject({ exitCode: 0, stderr: '' });
          const ran = await report(hostile, database, 'retention', '1', 'false');
          expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
          expect(ran.report.partitions.map(({ from, action }) => `${action} ${from}`)).toEqual([
            `dropped ${firstOfMonth(-2)}`,
            ...[0, 1, 2].map((offset) => `kept ${firstOfMonth(offset)}`),
          ]);
        } finally {
          await hostile.dispose();
          await database.drop();
        }
      });
    },
  );

  test(
    'a password of awkward characters works from the environment file and from the environment',
    onDatabase(server, async (database) => {
      await database.query(`do $$ begin create role awkward login; exception when duplicate_object then null; end $$;
        alter role awkward password ${`'${PASSWORD.replaceAll("'", "''")}'`}; grant hotlookup_maintenance to awkward`);
      const dsn = database.dsn('awkward', `"${PASSWORD.replaceAll('"', '""')}"`);
      const envFile = join(folder, 'awkward.env');
      writeFileSync(envFile, `PG_DSN="${dsn.replace(/[\\"`$]/g, '\\$&')}"\n`);
      const own = await writeTree({ envFile });
      try {
        expect(await runScript(own, 'ensure', ['2'], {})).toMatchObject({ exitCode: 0, stderr: '' });
        expect(await runScript(tree, 'ensure', ['2'], { PG_DSN: dsn })).toMatchObject({ exitCode: 0, stderr: '' });
        const wrong = await runScript(tree, 'ensure', ['2'], { PG_DSN: dsn.replace('%f', '%g') });
        expect(wrong.exitCode).toBe(5);
        expect(wrong.stderr).not.toContain('a;b');
      } finally {
        await own.dispose();
      }
      expect(await partitionsOf(database)).toHaveLength(3);
    }),
  );

  test(
    'lines that go to the journal carry their priority, others do not',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      const path = join(folder, `journal-${server.major}`);
      const file = openSync(path, 'w');
      try {
        const { dev, ino } = fstatSync(file);
        const environment = {
          PG_DSN: dsnOf(database),
          JOURNAL_STREAM: `${dev}:${ino}`,
          PATH: process.env['PATH'] ?? '',
        };
        const script = tree.script('scanner-artifact-boms-retention.sh');
        // Not execa: the script must write to this very file, not to a pipe that is copied into it.
        const ran = spawnSync('bash', [script, '12', 'false'], {
          env: environment,
          stdio: ['ignore', file, 'inherit'],
        });
        expect(ran.status).toBe(0);
      } finally {
        closeSync(file);
      }
      const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
      expect(lines).toHaveLength(16);
      expect(lines[0]).toMatch(/^<5>dropped scanner\.artifact_boms_/);
      expect(lines[1]).toMatch(/^<6>kept scanner\.artifact_boms_/);
      expect(lines.at(-1)).toMatch(
        /^<5>retention scanner-artifact-boms: 1 dropped, 14 kept, strategy function \(.*\); runway \d+ days/,
      );
      const plain = await runScript(tree, 'ensure', [], { PG_DSN: dsnOf(database), JOURNAL_STREAM: '1:1' });
      expect(plain.stdout).toMatch(/^kept scanner/);
    }),
  );

  test(
    'a reader that goes away does not stop the work',
    onDatabase(server, async (database) => {
      const run = startScript(tree, 'ensure', ['2', '--json'], { PG_DSN: dsnOf(database) });
      run.stdout.destroy();
      expect(await run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await partitionsOf(database)).toHaveLength(3);
    }),
  );

  test(
    'the function sees the settings of the run, whatever the role or the database prefers',
    onDatabase(server, async (database) => {
      await database.query(`alter database ${database.name} set timezone = 'Asia/Tokyo'`);
      await database.connect(async (client) => {
        await client.query(`create table public.seen (what text);
          grant insert on public.seen to public; drop function ${ENSURE}(int);
          create function ${ENSURE}(months_ahead int) returns void language sql as $$
            insert into public.seen select concat_ws(', ', pg_catalog.current_setting('application_name'), pg_catalog.current_setting('TimeZone'),
              pg_catalog.current_setting('lock_timeout'), pg_catalog.current_setting('client_connection_check_interval'),
              pg_catalog.current_setting('transaction_isolation')) $$`);
      });
      expect(await runJob(tree, database, 'ensure')).toMatchObject({ exitCode: 0 });
      expect(await database.query('select what from public.seen')).toEqual([
        { what: 'hotlookup ensure scanner-artifact-boms, UTC, 50ms, 500ms, repeatable read' },
      ]);
    }),
  );
});

/** A table with an old month, and plain functions that run with the caller's settings. */
async function createHostile(database: Database, schema: string, table: string, type: string): Promise<void> {
  const quote = (name: string) => `"${name}"`;
  const parent = `${quote(schema)}.${quote(table)}`;
  await database.query(`alter database ${database.name} set timezone = 'Pacific/Auckland'`);
  await database.query(`alter database ${database.name} set datestyle = 'SQL, DMY'`);
  await database.query(`create schema ${quote(schema)};
    create table ${parent} (at ${type} not null) partition by range (at);
    create table ${quote(schema)}."old" partition of ${parent} for values from ('${firstOfMonth(-2)} 00:00+00') to ('${firstOfMonth(-1)} 00:00+00');
    create function ${quote(schema)}."make 'it'"(n int) returns int language plpgsql as $body$ begin
      for i in 0..n loop
        execute format('create table %I.%I partition of %I.%I for values from (%L) to (%L)', $a$${schema}$a$, $a$${table}$a$ || i,
          $a$${schema}$a$, $a$${table}$a$, date_trunc('month', now()) + make_interval(months => i), date_trunc('month', now()) + make_interval(months => i + 1));
      end loop; return n; end $body$;
    create function ${quote(schema)}."drop\\it"(n int, dry bool) returns void language plpgsql as $body$ begin
      if not dry then drop table ${quote(schema)}."old"; end if; end $body$;
    alter schema ${quote(schema)} owner to ${MAINTAINER}; alter table ${parent} owner to ${MAINTAINER}; alter table ${quote(schema)}."old" owner to ${MAINTAINER}`);
}
