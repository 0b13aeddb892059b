import { createSql, firstOfMonth } from '../../harness/jobs/jobs.ts';
import { PARENT } from '../../harness/jobs/partitions.ts';
import { OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import { dropPartitionsSql } from '../drop-partitions.ts';

/** So many months are kept that nothing is ever due. */
export const PAST_MONTHS = 1_200;

/** In one transaction no more tables are locked at a time than a server has room for by default. */
const BATCH = 50;

/** Attaches so many partitions: the next month, this one and those before it; the rest, which no month is left for, lie beyond them, a day each. */
export async function addMonthsIn(database: Database, count: number): Promise<void> {
  const months = Math.min(count - 1, PAST_MONTHS - 1);
  const days = count - 1 - months;
  const offsets = Array.from({ length: months + 1 }, (_, index) => 1 - index);
  const far = Date.parse(`${firstOfMonth(2)}T00:00:00Z`);
  const dayOf = (index: number) => new Date(far + index * 86_400_000).toISOString().slice(0, 10);
  const statements = [
    ...offsets.map((offset) => createSql(offset)),
    ...Array.from(
      { length: days },
      (_, index) =>
        `create table ${PARENT}_day_${index} partition of ${PARENT} for values from ('${dayOf(index)} 00:00+00') to ('${dayOf(index + 1)} 00:00+00');`,
    ),
  ];
  await database.connect(async (owner) => {
    await owner.query(dropPartitionsSql(PARENT));
    for (let first = 0; first < statements.length; first += BATCH)
      await owner.query(statements.slice(first, first + BATCH).join('\n'));
  }, OWNER);
  await database.query('vacuum analyze');
}
