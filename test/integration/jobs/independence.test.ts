import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DEFAULT_PARTITION_SET } from '../../../src/spec/partition-set.ts';
import { BROKEN_ENSURE, BROKEN_RETENTION, leavePending } from '../../harness/jobs/breakages.ts';
import {
  addMonths,
  createSql,
  dsnOf,
  onDatabase,
  partitionName,
  replaceEnsure,
  runScript,
} from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { MAINTAINER, OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { PENDING } from '../../harness/postgres/holding.ts';
import { someServer } from '../../harness/postgres/some-server.ts';
import { type Tree, writeTree } from '../../harness/render/tree.ts';
import { parseUnit } from '../../harness/systemd/unit-file.ts';

/** The owner detaches concurrently, the maintainer may only call the function. */
const ROLES = [
  { strategy: 'concurrent', role: OWNER },
  { strategy: 'function', role: MAINTAINER },
] as const;
const WORDS = { ensure: ['2'], retention: ['12', 'false'] } as const;
type Job = keyof typeof WORDS;

const BUDGETS = { lockWait: '1s', detach: '2s' };

let tree: Tree;
let graceful: Tree;
beforeAll(async () => {
  tree = await writeTree({ budgets: BUDGETS });
  const retention = { ...DEFAULT_PARTITION_SET.retention, graceDays: 3 };
  graceful = await writeTree({ budgets: BUDGETS, partitionSets: [{ ...DEFAULT_PARTITION_SET, retention }] });
});
afterAll(async () => {
  await graceful.dispose();
  await tree.dispose();
});

const run = (database: Database, role: string, verb: Job, words: readonly string[] = WORDS[verb], scripts = tree) =>
  runScript(scripts, verb, words, { PG_DSN: dsnOf(database, role) });

const names = async (database: Database) =>
  (await partitionsOf(database)).map((line) => `scanner.${line.split(' ')[0]}`);

describe.each(someServer('independence'))('$label', (server) => {
  describe.each(ROLES)('$strategy', ({ strategy, role }) => {
    test.each(Object.entries(BROKEN_RETENTION))('ensure works while retention is broken: %s', (_, breakage) =>
      onDatabase(server, async (database) => {
        await addMonths(database, -13, -1);
        await breakage.during(database, async () => {
          expect(await run(database, role, 'ensure')).toMatchObject({ exitCode: 0, stderr: '' });
          expect(await names(database)).toContain(partitionName(2));
          expect(await run(database, role, 'retention')).toMatchObject({ exitCode: breakage[strategy] });
        });
      })(),
    );

    test.each(Object.entries(BROKEN_ENSURE))('retention works while ensure is broken: %s', (_, breakage) =>
      onDatabase(server, async (database) => {
        await addMonths(database, -13, -1);
        await breakage.during(database, async () => {
          expect(await run(database, role, 'retention')).toMatchObject({ exitCode: 0, stderr: '' });
          expect(await names(database)).not.toContain(partitionName(-13));
          expect(await run(database, role, 'ensure')).toMatchObject({ exitCode: breakage[strategy] });
        });
      })(),
    );
  });

  describe.each([
    ['sees it', undefined],
    ['runs into it', `begin ${createSql(1)} end`],
    ['does nothing', 'begin end'],
  ])('a pending detach of the coming month, with a function that %s', (_, body) => {
    test('is exit 7 with the commands that take it back, and these help', () =>
      onDatabase(server, async (database) => {
        await leavePending(database, 1);
        if (body !== undefined) await replaceEnsure(database, { body });
        const refused = await run(database, MAINTAINER, 'ensure', ['1']);
        expect(refused).toMatchObject({
          exitCode: 7,
          stderr: expect.stringMatching(/a detach of .* is pending, so its rows are hidden/),
        });
        const [, commands = ''] =
          /take it back: (ALTER .* FINALIZE; ALTER .* ATTACH PARTITION .*;)$/m.exec(refused.stderr) ?? [];
        for (const command of commands.split(/(?<=;) /)) await database.connect((owner) => owner.query(command), OWNER);
        expect(await names(database)).toEqual([partitionName(0), partitionName(1)]);
        expect(await database.query(PENDING)).toEqual([]);
      })());
  });

  test(
    'while the whole table is locked, ensure waits only if it has something to create',
    onDatabase(server, async (database) => {
      await database.connect(async (other) => {
        await other.query(`begin; lock table ${PARENT} in access exclusive mode`);
        expect(await run(database, MAINTAINER, 'ensure', ['1'])).toMatchObject({ exitCode: 0, stderr: '' });
        expect(await run(database, MAINTAINER, 'ensure')).toMatchObject({ exitCode: 8 });
        await other.query('rollback');
      }, OWNER);
      expect(await run(database, MAINTAINER, 'ensure')).toMatchObject({ exitCode: 0, stderr: '' });
    }),
  );

  test(
    'retention that may not use the holding schema keeps everything, and ensure works',
    onDatabase(server, async (database) => {
      await addMonths(database, -13, -1);
      expect(await run(database, OWNER, 'retention', WORDS.retention, graceful)).toMatchObject({
        exitCode: 5,
        stderr: expect.stringContaining('hotlookup_grace'),
      });
      expect(await run(database, OWNER, 'ensure', WORDS.ensure, graceful)).toMatchObject({ exitCode: 0, stderr: '' });
    }),
  );
});

test.each([
  ['ensure', 'retention'],
  ['retention', 'ensure'],
])('nothing that systemd reads about %s names %s', (job, other) => {
  for (const type of ['service', 'timer']) {
    const unit = parseUnit(
      readFileSync(join(tree.folder, 'devops/scripts/systemd', `scanner-artifact-boms-${job}.${type}`), 'utf8'),
    );
    const values = Object.values(unit).flatMap((section) => [...section.values()].flat());
    expect(values.length).toBeGreaterThan(3);
    expect(values.filter((value) => value.includes(`-${other}`) || value.includes('scanner-artifact-boms-*'))).toEqual(
      [],
    );
  }
});
