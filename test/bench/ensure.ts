import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { createCluster } from '../support/cluster.ts';
import { findInstallations } from '../support/installations.ts';
import { createScannerDatabase, MAINTAINER, passwordOf } from '../support/scanner.ts';
import { compare } from './measure.ts';
import { BARE_NODE } from './program.ts';
import type { Result, Skipped } from './targets.ts';

const SCRIPT = fileURLToPath(
  new URL('../../generated/devops/scripts/scanner-artifact-boms-ensure-partitions.sh', import.meta.url),
);
const CALL = 'select * from scanner.ensure_artifact_boms_future_partitions(1)';
const WHAT = '`scanner-artifact-boms-ensure-partitions.sh 1`, nothing to do';
const ROUNDS = 31;

const isInstalled = async (program: string) => (await execa(program, ['--version'], { reject: false })).exitCode === 0;

/** An ensure that finds every month there, through its script, against psql calling the same function. */
export async function noOpEnsure(): Promise<Result | Skipped> {
  if (!(await isInstalled('psql'))) return { what: WHAT, skipped: 'psql is not installed' };
  const installations = await findInstallations();
  const installation = installations.at(-1);
  if (!installation) return { what: WHAT, skipped: 'no PostgreSQL server is installed' };
  const cluster = await createCluster({ installation });
  try {
    const database = await createScannerDatabase(cluster);
    const password = passwordOf(MAINTAINER);
    const times = compare(
      {
        bare: BARE_NODE,
        psql: {
          command: [
            'psql',
            '-XAt',
            '-h',
            '127.0.0.1',
            '-p',
            `${cluster.port}`,
            '-U',
            MAINTAINER,
            '-c',
            CALL,
            database.name,
          ],
          environment: { PGPASSWORD: password },
        },
        ensure: { command: [SCRIPT, '1'], environment: { PG_DSN: database.dsn(MAINTAINER, password) } },
      },
      ROUNDS,
    );
    return {
      what: WHAT,
      measured: times.ensure,
      allowed: times.bare + 2 * times.psql,
      target: 'bare node + 2 × `psql`',
    };
  } finally {
    await cluster.dispose();
    for (const { dispose } of installations) dispose();
  }
}
