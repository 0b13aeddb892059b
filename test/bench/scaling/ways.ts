import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dsnOf } from '../../harness/jobs/jobs.ts';
import { MAINTAINER, OWNER } from '../../harness/jobs/scanner.ts';
import type { Database } from '../../harness/postgres/database.ts';
import type { Tree } from '../../harness/render/tree.ts';
import type { Subject } from '../measure.ts';
import { asPsql } from '../psql.ts';
import { monthsSql, setName } from './partition-sets.ts';

/** How the months of one set are created in a database, by one process. */
export type Way = (database: Database, set: number, months: number) => Subject;

/** The rendered script. */
export const byScript =
  (tree: Tree): Way =>
  (database, set, months) => ({
    command: [tree.script(`${setName(set)}-ensure-partitions.sh`), `${months - 1}`],
    environment: { PG_DSN: dsnOf(database, MAINTAINER) },
  });

/** The same DDL in one transaction, from a file. */
export const byPsql =
  (folder: string): Way =>
  (database, set, months) => {
    const file = join(folder, `${setName(set)}-${months}.sql`);
    writeFileSync(file, monthsSql(set, months));
    return asPsql(database, OWNER, '-1', '-v', 'ON_ERROR_STOP=1', '-f', file);
  };
