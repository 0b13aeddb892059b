import { fileURLToPath } from 'node:url';
import { createScannerDatabase, MAINTAINER, passwordOf, withPlainRoles } from '../../harness/jobs/scanner.ts';
import type { Bench } from '../bench.ts';
import { BARE_NODE, compare } from '../measure.ts';
import { asPsql } from '../psql.ts';
import type { Section } from '../section.ts';
import { type Result, ratioSection } from '../start-up/targets.ts';
import { growth } from './growth.ts';
import { addMonthsIn, PAST_MONTHS } from './table.ts';

const SCRIPTS = fileURLToPath(new URL('../../../generated/devops/scripts/scanner-artifact-boms-', import.meta.url));
const SIZES = { usual: [14, 120, 1_250], quick: [14, 20] };

/** What is run, and the function that psql calls beside it. */
const WAYS = {
  ensure: ['ensure-partitions.sh 1', 'select * from scanner.ensure_artifact_boms_future_partitions(1)'],
  status: ['partitions.sh status', 'select * from scanner.ensure_artifact_boms_future_partitions(1)'],
  'dry run of retention': [
    `retention.sh ${PAST_MONTHS} true`,
    `select * from scanner.drop_artifact_boms_partitions_older_than(${PAST_MONTHS}, true)`,
  ],
} as const;

type Measured = { readonly what: keyof typeof WAYS; readonly partitions: number; readonly result: Result };

/** What a job takes that has nothing to do, by how many partitions there are; and whether it grows faster than their number. */
export async function partitions(bench: Bench): Promise<Section[]> {
  const { quick, hasPsql, say } = bench;
  const title = 'Jobs with nothing to do, by how many partitions there are';
  if (!hasPsql) return [ratioSection(title, [{ what: title, skipped: 'psql is not installed' }])];
  const measured: Measured[] = [];
  for (const size of quick ? SIZES.quick : SIZES.usual) {
    say(`partitions: ${size}`);
    measured.push(...(await measureAt(bench, size)));
  }
  const series = Object.keys(WAYS).map((what) => ({
    what,
    points: measured.filter((one) => one.what === what).map(({ partitions, result }) => ({ partitions, result })),
  }));
  return [ratioSection(title, [...measured.map(({ result }) => result), ...series.flatMap(growth)])];
}

async function measureAt({ server, quick, signal }: Bench, size: number): Promise<Measured[]> {
  const database = await withPlainRoles(await createScannerDatabase(server));
  try {
    await addMonthsIn(database, size);
    const environment = { PG_DSN: database.dsn(MAINTAINER, passwordOf(MAINTAINER)) };
    const all: Measured[] = [];
    for (const [what, [script, call]] of Object.entries(WAYS) as Array<
      [keyof typeof WAYS, readonly [string, string]]
    >) {
      const [file = '', ...args] = script.split(' ');
      const times = await compare(
        {
          bare: BARE_NODE,
          psql: asPsql(database, MAINTAINER, '-At', '-c', call),
          job: { command: [`${SCRIPTS}${file}`, ...args], environment },
        },
        quick ? 3 : 21,
        signal,
      );
      const result = {
        what: `${what}, ${size.toLocaleString('en')} partitions`,
        beside: 'bare node and `psql`, which calls the function',
        measured: times.job,
        peer: times.bare + times.psql,
        most: what === 'ensure' ? 1.5 : 3,
      };
      all.push({ what, partitions: size, result });
    }
    return all;
  } finally {
    await database.drop();
  }
}
