import { execa } from 'execa';
import type { Report } from '../../../src/runtime/job/report.ts';
import type { Database } from '../postgres/database.ts';
import { dsnOf, parseReport, type Ran } from './jobs.ts';
import { DROP_OLD, ENSURE, PARENT } from './partitions.ts';
import { OWNER } from './scanner.ts';

export const HELPER = new URL('../../../dist/hotlookup-runtime.cjs', import.meta.url).pathname;
/** The helper of the first release, as its package had it. */
export const FIRST_HELPER = new URL('../../fixtures/hotlookup-runtime-0.1.0.cjs', import.meta.url).pathname;

export type HelperRequest = {
  /** The role that the DSN names; the tables' owner if not given. */
  readonly role?: string;
  readonly dsn?: string;
  /** Options of the script, in the place of those below or behind them: `--grace-days 3`. */
  readonly options?: string;
  /** The verb and what the person typed. */
  readonly args?: readonly string[];
  readonly environment?: Record<string, string>;
  /** Another bundle than the one that was built. */
  readonly bundle?: string;
};

const OPTIONS = [
  ...['--set', 'scanner-artifact-boms', '--table', PARENT, '--ensure-function', ENSURE, '--months-ahead', '1'],
  ...['--retention-function', DROP_OLD, '--keep-months', '12', '--environment-file', '/nonexistent'],
  ...['--connect-timeout', '10s', '--lock-timeout', '50ms', '--lock-wait', '20s', '--detach-timeout', '20s'],
  ...['--strategy', 'auto', '--grace-days', '0', '--max-drop-share', '50'],
];

/** Starts the built helper as a rendered script does, with options that a spec might have. */
export function startHelper(database: Database, request: HelperRequest = {}) {
  const {
    role = OWNER,
    dsn = dsnOf(database, role),
    options = '',
    args = ['retention', '12', 'false'],
    bundle = HELPER,
  } = request;
  const words = options.split(' ').filter((word) => word !== '');
  return execa('node', [bundle, ...OPTIONS, ...words, '--', ...args, '--json'], {
    env: { PATH: process.env['PATH'], PG_DSN: dsn, ...request.environment },
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
  });
}

export type Reported = Ran & { readonly report: Report };

/** The same to its end; it must print a report. */
export async function runHelper(database: Database, request: HelperRequest = {}): Promise<Reported> {
  return reportOf(await startHelper(database, request));
}

export function reportOf({ exitCode = -1, stdout, stderr }: Awaited<ReturnType<typeof startHelper>>): Reported {
  const ran = { exitCode, stdout, stderr };
  return { ...ran, report: parseReport(ran) };
}
