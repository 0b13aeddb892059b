import type { Database } from '../support/database.ts';
import { passwordOf } from '../support/scanner.ts';
import type { Subject } from './measure.ts';

/** psql over TCP with a password, as the helper connects. */
export const asPsql = ({ name, place }: Database, role: string, ...args: readonly string[]): Subject => ({
  command: ['psql', '-X', '-q', '-h', '127.0.0.1', '-p', `${place.port}`, '-U', role, '-d', name, ...args],
  environment: { PGPASSWORD: passwordOf(role) },
});
