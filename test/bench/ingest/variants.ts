import { execa } from 'execa';
import type { Report } from '../../../src/runtime/job/report.ts';
import { createSql, dsnOf, partitionName } from '../../harness/jobs/jobs.ts';
import { PARENT } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import type { Tree } from '../../harness/render/tree.ts';
import { KEEP_MONTHS, MONTHS_AHEAD, OLDEST } from './templates.ts';

/** One way to maintain the table: it creates the coming month and drops the three that are too old, or does nothing. */
export type Variant = {
  readonly name: string;
  /** As the table says it. */
  readonly what: string;
  readonly template: Database;
  readonly maintains: boolean;
  maintain(database: Database, signal: AbortSignal): Promise<void>;
};

/** Longer than any variant has to wait for the reader. */
const LIMIT_MS = 60_000;

export const none = (template: Database): Variant => ({
  name: 'none',
  what: 'none',
  template,
  maintains: false,
  maintain: async () => undefined,
});

/** As its own background worker or a cron job calls it. */
export const partman = (template: Database, version: string): Variant => ({
  name: 'pg_partman',
  what: `pg_partman ${version}, \`run_maintenance\``,
  template,
  maintains: true,
  maintain: (database) =>
    database.connect(async (client) => {
      await client.query(`set statement_timeout = ${LIMIT_MS}`);
      await client.query('select partman.run_maintenance($1)', [PARENT]);
    }),
});

/** Each statement by itself, as in a script for psql. */
export const plain = (template: Database): Variant => ({
  name: 'plain',
  what: '`CREATE TABLE … PARTITION OF`, `DROP TABLE`',
  template,
  maintains: true,
  maintain: (database) =>
    database.connect(async (client) => {
      await client.query(`set statement_timeout = ${LIMIT_MS}`);
      await client.query(createSql(MONTHS_AHEAD));
      for (let offset = OLDEST; offset < -KEEP_MONTHS; offset += 1)
        await client.query(`drop table ${partitionName(offset)}`);
    }, OWNER),
});

/** The rendered scripts, one after the other, as the role that owns the table. */
export const scripts = (strategy: 'function' | 'concurrent', template: Database, tree: Tree): Variant => ({
  name: strategy,
  what: `\`ensure\` and \`retention\`, strategy ${strategy}`,
  template,
  maintains: true,
  async maintain(database, signal) {
    const run = async (script: string, ...args: string[]): Promise<Report> => {
      const { stdout } = await execa(tree.script(`scanner-artifact-boms-${script}.sh`), [...args, '--json'], {
        env: { PATH: process.env['PATH'], PG_DSN: dsnOf(database, OWNER) },
        extendEnv: false,
        timeout: LIMIT_MS,
        cancelSignal: signal,
      });
      return JSON.parse(stdout);
    };
    await run('ensure-partitions', `${MONTHS_AHEAD}`);
    const { strategy: taken } = await run('retention', `${KEEP_MONTHS}`, 'false');
    if (taken?.chosen !== strategy) throw new Error(`retention took the strategy ${taken?.chosen}: ${taken?.why}`);
  },
});
