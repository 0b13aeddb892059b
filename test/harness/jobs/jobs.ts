import { execa } from 'execa';
import type { Report } from '../../../src/runtime/job/report.ts';
import type { Database, Place } from '../postgres/database.ts';
import type { Tree } from '../render/tree.ts';
import { DROP_OLD, ENSURE, PARENT } from './partitions.ts';
import { createScannerDatabase, MAINTAINER, OWNER, passwordOf } from './scanner.ts';

export type Verb = 'ensure' | 'retention' | 'status';

export type Ran = { readonly exitCode: number; readonly stdout: string; readonly stderr: string };

const SCRIPTS: Record<Verb, readonly [string, ...string[]]> = {
  ensure: ['ensure-partitions.sh'],
  retention: ['retention.sh'],
  status: ['partitions.sh', 'status'],
};

export const dsnOf = (database: Database, role = MAINTAINER) => database.dsn(role, passwordOf(role));

/** Gives a test a Scanner database of its own. */
export const onDatabase = (server: Place, use: (database: Database) => Promise<void>) => async () => {
  const database = await createScannerDatabase(server);
  try {
    await use(database);
  } finally {
    await database.drop();
  }
};

/** Starts a rendered script in a bash that has nothing in its environment but what is given. */
export function startScript(tree: Tree, verb: Verb, args: readonly string[], environment: Record<string, string>) {
  const [name, ...first] = SCRIPTS[verb];
  return execa('bash', [tree.script(`scanner-artifact-boms-${name}`), ...first, ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });
}

/** The same to its end. A run that a signal killed has exit code -1. */
export async function runScript(...parameters: Parameters<typeof startScript>): Promise<Ran> {
  const { exitCode, stdout, stderr } = await startScript(...parameters);
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

/** Runs a job as the maintainer. */
export const runJob = (tree: Tree, database: Database, verb: Verb, ...args: string[]): Promise<Ran> =>
  runScript(tree, verb, args, { PG_DSN: dsnOf(database) });

/** What a run with `--json` has printed; it must be a report. */
export function parseReport({ exitCode, stdout, stderr }: Ran): Report {
  const document = JSON.parse(stdout || '{"error":{}}');
  if ('error' in document) throw new Error(`no report, exit code ${exitCode}: ${stderr}`);
  return document;
}

/** Runs a job with `--json` as the maintainer; it must print a report. */
export async function report(...parameters: Parameters<typeof runJob>): Promise<Ran & { report: Report }> {
  const ran = await runJob(...parameters, '--json');
  return { ...ran, report: parseReport(ran) };
}

/** Actions and first days of a report: `dropped 2025-01-01`. */
export const actions = ({ partitions }: Report) =>
  partitions.map(({ action, from }) => `${action} ${from ?? 'DEFAULT'}`);

/** First day of the month that lies this many months from the current one, in UTC: `2026-02-01`. */
export function firstOfMonth(offset: number, now = new Date()): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset)).toISOString().slice(0, 10);
}

/** Name of that month's partition. */
export const partitionName = (offset: number) => `${PARENT}_${firstOfMonth(offset).slice(0, 7).replace('-', '_')}`;

/** SQL that creates a partition, of one month unless an end is given. */
export const createSql = (offset: number, end = firstOfMonth(offset + 1)) =>
  `create table ${partitionName(offset)} partition of ${PARENT} for values from ('${firstOfMonth(offset)} 00:00+00') to ('${end} 00:00+00');`;

/** Attaches the months from one offset to another, both included, each with so many rows. */
export async function addMonths(database: Database, from: number, to: number, rows = 1): Promise<void> {
  await database.connect(async (client) => {
    for (let offset = from; offset <= to; offset += 1)
      await client.query(
        `${createSql(offset)} insert into ${PARENT} (build_id, canonical_bom_sha256, payload_digest, inserted_at)
          select 'build ' || i, 'sha', 'digest', '${firstOfMonth(offset)} 12:00+00' from generate_series(1, ${rows}) i`,
      );
  }, OWNER);
}

type Replacement = { readonly body: string; readonly returns?: string; readonly as?: 'function' | 'procedure' };

/** Puts another body behind one of the contract's names; it runs with the owner's rights, as the real one does. */
async function replace(database: Database, signature: string, types: string, replacement: Replacement): Promise<void> {
  const { body, returns = 'void', as = 'function' } = replacement;
  await database.query(`drop routine ${types};
    create ${as} ${signature} ${as === 'function' ? `returns ${returns}` : ''} language plpgsql security definer set search_path = pg_catalog, public as $body$${body}$body$;
    alter routine ${types} owner to ${OWNER};
    grant execute on ${as} ${types} to hotlookup_maintenance;`);
}

export const replaceEnsure = (database: Database, replacement: Replacement) =>
  replace(database, `${ENSURE}(months_ahead integer)`, `${ENSURE}(integer)`, replacement);

export const replaceRetention = (database: Database, replacement: Replacement) =>
  replace(database, `${DROP_OLD}(keep_months integer, dry_run boolean)`, `${DROP_OLD}(integer, boolean)`, replacement);

/** The advisory locks of this database: other test files use the same server at the same time. `FROM` and `WHERE` of a query. */
export const ADVISORY_LOCKS = `pg_locks join pg_database on pg_database.oid = database
  where datname = current_database() and locktype = 'advisory'`;

/** Polls until a query gives a row: what another process does in the database has no event to wait for. */
export async function until(database: Database, text: string): Promise<void> {
  for (const deadline = Date.now() + 20_000; (await database.query(text)).length === 0; ) {
    if (Date.now() > deadline) throw new Error(`never came true: ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
