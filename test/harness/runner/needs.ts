import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, test } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    /** Why the group or test did not run; the reporter lists it. */
    unmet?: string;
  }
}

export type Needs = {
  /** Names of programs that must be found on PATH. */
  readonly programs?: readonly string[];
  /** The tests must run as root. */
  readonly root?: boolean;
  /** A PostgreSQL server from Debian's packages, beside the one from npm that every machine has. */
  readonly debianServer?: boolean;
  /** An extension of that server. */
  readonly extension?: string;
  /** Anything else that a test file found missing, each as it completes "needs …". */
  readonly others?: readonly string[];
};

const SETUP = 'run `npm run test:setup`';

/** What is missing on this machine, as one phrase ("needs shellcheck: run …"); undefined if everything is there. */
export function unmetNeeds(needs: Needs): string | undefined {
  const missing = [
    ...(needs.programs ?? []).filter((program) => !isOnPath(program)).map((program) => `${program}: ${SETUP}`),
    ...missingDebianServer(needs),
    ...(needs.root && process.getuid?.() !== 0 ? ['root: run the tests as root'] : []),
    ...(needs.others ?? []),
  ];
  return missing.length === 0 ? undefined : `needs ${missing.join('; needs ')}`;
}

/** A group of tests that runs only where its needs are met; elsewhere it is skipped with the reason, or fails if CI=true. */
export function describeNeeding(needs: Needs, name: string, body: () => void): void {
  const unmet = unmetNeeds(needs);
  if (unmet === undefined) describe(name, body);
  else if (mustRun()) describe(name, () => test('can run on this machine', failing(unmet)));
  else describe(name, { skip: true, meta: { unmet } }, body);
}

/** As `describeNeeding`, for one test. */
export function testNeeding(needs: Needs, name: string, body: () => void | Promise<void>): void {
  const unmet = unmetNeeds(needs);
  if (unmet === undefined) test(name, body);
  else if (mustRun()) test(name, failing(unmet));
  else test(name, { skip: true, meta: { unmet } }, body);
}

function failing(unmet: string): () => never {
  return () => {
    throw new Error(`${unmet} (with CI=true a test that cannot run is a failure)`);
  };
}

function mustRun(): boolean {
  return process.env['CI'] === 'true';
}

function isOnPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function missingDebianServer({ debianServer, extension }: Needs): string[] {
  if (!debianServer && extension === undefined) return [];
  const what =
    extension === undefined ? 'a PostgreSQL server from Debian' : `${extension} for the PostgreSQL server from Debian`;
  if (process.env['TEST_POSTGRES'] !== undefined) return [`${what}: TEST_POSTGRES leaves that out`];
  return hasDebianServer(extension) ? [] : [`${what}: ${SETUP}`];
}

function hasDebianServer(extension?: string): boolean {
  const base = '/usr/lib/postgresql';
  return (
    existsSync(base) &&
    readdirSync(base).some(
      (version) =>
        isExecutable(join(base, version, 'bin/postgres')) &&
        (extension === undefined || existsSync(`/usr/share/postgresql/${version}/extension/${extension}.control`)),
    )
  );
}
