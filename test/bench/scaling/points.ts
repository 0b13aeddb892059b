import { withPlainRoles } from '../../harness/jobs/scanner.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import { type Subject, time } from '../measure.ts';
import { median } from '../statistics.ts';
import type { Way } from './ways.ts';

/** What is created: the same number of months of each set. */
export type Size = { readonly sets: number; readonly months: number };

/** Medians in milliseconds: of all processes together, one for each set. */
export type Point = Size & { readonly script: number; readonly psql: number };

export type Ways = { readonly script: Way; readonly psql: Way };

/**
 * Times every size both ways, in turns, each run on a fresh copy of the template.
 * @throws Error if not every month is there afterwards.
 */
export async function measurePoints(
  template: Database,
  ways: Ways,
  sizes: readonly Size[],
  { rounds, signal, say }: { rounds: number; signal: AbortSignal; say: (progress: string) => void },
): Promise<Point[]> {
  const points = sizes.map((size) => ({ size, script: [] as number[], psql: [] as number[] }));
  for (let round = 0; round < rounds; round += 1)
    for (const { size, script, psql } of points) {
      say(`scaling: ${size.sets} × ${size.months} months, round ${round + 1}/${rounds}`);
      script.push(await timeOn(template, size, ways.script, signal));
      psql.push(await timeOn(template, size, ways.psql, signal));
    }
  return points.map(({ size, script, psql }) => ({ ...size, script: median(script), psql: median(psql) }));
}

async function timeOn(template: Database, { sets, months }: Size, way: Way, signal: AbortSignal): Promise<number> {
  const database = await withPlainRoles(await createDatabase(template.place, template.name));
  try {
    await database.query('checkpoint');
    const subjects: Subject[] = Array.from({ length: sets }, (_, set) => way(database, set, months));
    let total = 0;
    for (const subject of subjects) total += await time(subject, signal);
    const [found] = await database.query<{ months: number }>(
      'select count(*)::int as months from pg_inherits join pg_class on pg_class.oid = inhrelid where relkind = $1',
      ['r'],
    );
    if (found?.months !== sets * months)
      throw new Error(`${sets * months} months were to be created, ${found?.months} are there`);
    return total;
  } finally {
    await database.drop();
  }
}
