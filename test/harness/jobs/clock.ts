import type { Database } from '../postgres/database.ts';

const FUNCTIONS = [
  'scanner.ensure_artifact_boms_future_partitions(integer)',
  'scanner.drop_artifact_boms_partitions_older_than(integer, boolean)',
];

/** Lets the migration's functions see another time, by writing it in place of `now()`; all else of them stays as it is. */
export async function setClock(database: Database, instant: string): Promise<void> {
  for (const name of FUNCTIONS) {
    const [row] = await database.query<{ text: string }>('select pg_get_functiondef($1::regprocedure) as text', [name]);
    const text = row?.text.replace(/\bnow\(\)|timestamptz '[^']*'/, `timestamptz '${instant}'`);
    if (!text?.includes(instant)) throw new Error(`${name} does not look at the clock`);
    await database.query(text);
  }
}
