import type { ConnectionTarget } from './target.ts';

/**
 * Reads a PG_DSN in Npgsql's form or as a `postgres://` URI.
 * @throws AppError with exit code 3 that lists every mistake at once; it names keys and never shows a value.
 */
export declare function parseDsn(text: string): ConnectionTarget;
