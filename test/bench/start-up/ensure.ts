import { fileURLToPath } from 'node:url';
import { createScannerDatabase, MAINTAINER, passwordOf, withPlainRoles } from '../../harness/jobs/scanner.ts';
import type { Bench } from '../bench.ts';
import { BARE_NODE, compare } from '../measure.ts';
import { asPsql } from '../psql.ts';
import type { Result, Skipped } from './targets.ts';

const SCRIPT = fileURLToPath(
  new URL('../../../generated/devops/scripts/scanner-artifact-boms-ensure-partitions.sh', import.meta.url),
);
const CALL = 'select * from scanner.ensure_artifact_boms_future_partitions(1)';
const WHAT = '`scanner-artifact-boms-ensure-partitions.sh 1`, nothing to do';

/** An ensure that finds every month there, through its script, against psql calling the same function. */
export async function noOpEnsure({ server, hasPsql, signal }: Bench, rounds: number): Promise<Result | Skipped> {
  if (!hasPsql) return { what: WHAT, skipped: 'psql is not installed' };
  const database = await withPlainRoles(await createScannerDatabase(server));
  try {
    const times = await compare(
      {
        bare: BARE_NODE,
        psql: asPsql(database, MAINTAINER, '-At', '-c', CALL),
        ensure: {
          command: [SCRIPT, '1'],
          environment: { PG_DSN: database.dsn(MAINTAINER, passwordOf(MAINTAINER)) },
        },
      },
      rounds,
      signal,
    );
    return {
      what: WHAT,
      measured: times.ensure,
      allowed: times.bare + 2 * times.psql,
      target: 'bare node + 2 × `psql`',
    };
  } finally {
    await database.drop();
  }
}
