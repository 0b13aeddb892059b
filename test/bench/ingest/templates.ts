import { createSql, firstOfMonth } from '../../harness/jobs/jobs.ts';
import { PARENT, partitionsOf } from '../../harness/jobs/partitions.ts';
import { createScannerDatabase, OWNER, withPlainRoles } from '../../harness/jobs/scanner.ts';
import { createDatabase, type Database, type Place } from '../../harness/postgres/database.ts';
import { dropPartitionsSql } from '../drop-partitions.ts';
import { fillMonth } from './rows.ts';

/** The months that are there before a run, as offsets from the current one: three are beyond the retention of twelve. */
export const OLDEST = -15;
export const KEEP_MONTHS = 12;
export const MONTHS_AHEAD = 1;

const ROWS_A_MONTH = 500;

const MONTHS = 1 - OLDEST;

/** A partition of one day, after the months that a run makes. */
function daySql(day: number): string {
  const from = Date.parse(`${firstOfMonth(MONTHS_AHEAD + 1)}T00:00:00Z`) + day * DAY_MS;
  const [first, last] = [from, from + DAY_MS].map((instant) => new Date(instant).toISOString().slice(0, 10));
  return `create table ${PARENT}_day_${day} partition of ${PARENT} for values from ('${first} 00:00+00') to ('${last} 00:00+00')`;
}

const DAY_MS = 86_400_000;

const monthBetween = (from: number, to: number): string[] =>
  Array.from(
    { length: to - from + 1 },
    (_, index) => `${firstOfMonth(from + index)} ${firstOfMonth(from + index + 1)}`,
  );

/** First and last day of each partition (the last is not in it), before and after the maintenance. */
export const BEFORE = (): string[] => monthBetween(OLDEST, 0);
export const AFTER = (): string[] => monthBetween(-KEEP_MONTHS, MONTHS_AHEAD);

/** The same of a database, whatever its partitions are called. */
export const boundsOf = async (database: Database): Promise<string[]> =>
  (await partitionsOf(database))
    .map((line) => line.replace(/^\S+ (\S+) 00:00:00\+00 (\S+) 00:00:00\+00$/, '$1 $2'))
    .sort();

/**
 * The rendered schema with sixteen months of rows; the coming month is missing. To be copied for each run. With more partitions than that,
 * the others are days after it, without rows.
 */
export async function makeOurTemplate(server: Place, partitions = MONTHS): Promise<Database> {
  const database = await createScannerDatabase(server);
  await database.connect(async (owner) => {
    await owner.query(dropPartitionsSql(PARENT));
    for (let offset = OLDEST; offset <= 0; offset += 1) await owner.query(createSql(offset));
  }, OWNER);
  await fill(database);
  await database.connect(async (owner) => {
    for (let day = 0; day < partitions - MONTHS; day += 1) await owner.query(daySql(day));
  }, OWNER);
  return database;
}

/** The same under pg_partman, which makes its partitions itself; without the DEFAULT one, which ours has not either. */
export async function makePartmanTemplate(server: Place): Promise<Database> {
  const database = await createScannerDatabase(server);
  await database.query(dropPartitionsSql(PARENT));
  const next = firstOfMonth(MONTHS_AHEAD).slice(0, 7).replace('-', '_');
  await database.query(`create schema partman;
    create extension pg_partman schema partman;
    select partman.create_parent('${PARENT}', 'inserted_at', 'native', 'monthly',
      p_premake := ${MONTHS_AHEAD}, p_start_partition := '${firstOfMonth(OLDEST)}');
    update partman.part_config set retention = '${KEEP_MONTHS} months', retention_keep_table = false;
    drop table ${PARENT}_default, ${PARENT}_p${next}`);
  await fill(database);
  return database;
}

/** Analysed and written out, so that no run has to do what was left over here. */
async function fill(database: Database): Promise<void> {
  const found = await boundsOf(database);
  if (found.join() !== BEFORE().join()) throw new Error(`the months to begin with are ${found.join(', ')}`);
  await database.connect(async (client) => {
    for (let offset = OLDEST; offset <= 0; offset += 1) await fillMonth(client, offset, ROWS_A_MONTH);
    await client.query('vacuum analyze');
    await client.query('checkpoint');
  });
}

/** A copy of a template for one run. */
export const copyOf = async (template: Database): Promise<Database> =>
  withPlainRoles(await createDatabase(template.place, template.name));
