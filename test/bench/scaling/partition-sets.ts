import { migrationView } from '../../../src/render/sql-view.ts';
import { firstOfMonth } from '../../harness/jobs/jobs.ts';
import { renderMigration, viewOfSet } from '../../harness/jobs/migration.ts';
import { createRoles, MAINTAINER, OWNER, withPlainRoles } from '../../harness/jobs/scanner.ts';
import { createDatabase, type Database } from '../../harness/postgres/database.ts';
import { dropPartitionsSql } from '../drop-partitions.ts';
import type { Server } from '../server.ts';

export const setName = (index: number) => `boms-${index}`;
const tableOf = (index: number) => `scanner.boms_${index}`;

/** So many partition sets with the Scanner's columns and indexes, each with a table and functions of its own. */
export function specOf(count: number) {
  return {
    partitionSets: Array.from({ length: count }, (_, index) => ({
      name: setName(index),
      table: tableOf(index),
      ensure: { function: `${tableOf(index)}_ensure` },
      retention: { function: `${tableOf(index)}_drop` },
    })),
  };
}

/** A database with the tables and functions of so many sets, and no partition yet. To be copied for each run. */
export async function makeTemplate(server: Server, count: number): Promise<Database> {
  await createRoles(server);
  const database = await withPlainRoles(await createDatabase(server));
  await database.query(`grant create on database ${database.name} to ${OWNER}`);
  await database.connect(async (owner) => {
    for (const set of specOf(count).partitionSets) {
      await owner.query(renderMigration(migrationView(viewOfSet({ partitionSets: [set] }))));
      await owner.query(dropPartitionsSql(set.table));
    }
  }, OWNER);
  await database.query(`grant hotlookup_maintenance to ${MAINTAINER}`);
  await database.query('vacuum analyze');
  return database;
}

/** What a set's function does for so many months from the current one, as plain SQL: nobody waits for it either. */
export function monthsSql(set: number, months: number): string {
  const table = tableOf(set);
  return Array.from({ length: months }, (_, month) => {
    const [from, to] = [firstOfMonth(month), firstOfMonth(month + 1)];
    const partition = `${table}_${from.slice(0, 7).replace('-', '_')}`;
    return `CREATE TABLE ${partition} (LIKE ${table} INCLUDING ALL EXCLUDING IDENTITY);
ALTER TABLE ${table} ATTACH PARTITION ${partition} FOR VALUES FROM ('${from} 00:00:00+00') TO ('${to} 00:00:00+00');
`;
  }).join('');
}
