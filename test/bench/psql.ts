import { passwordOf } from '../harness/jobs/scanner.ts';
import type { Database } from '../harness/postgres/database.ts';
import type { Subject } from './measure.ts';

/** psql over TCP with a password, as the helper connects. */
export const asPsql = ({ name, place }: Database, role: string, ...args: readonly string[]): Subject => ({
  command: ['psql', '-X', '-q', '-h', '127.0.0.1', '-p', `${place.port}`, '-U', role, '-d', name, ...args],
  environment: { PGPASSWORD: passwordOf(role) },
});
