/*
 * The one place that reads the server's answers: where a row is missing, nothing may be taken for it. "No row" is no "nobody holds
 * locks" and no "0 rows outside".
 */

/** One statement's outcome. Every value is PostgreSQL's own text (`t`, `12`, `2026-01-01 00:00:00+00`), or null. */
export type QueryResult = {
  /** First word of the command tag, such as `SELECT`, `COMMIT`, `ROLLBACK`; empty for an empty statement. */
  readonly command: string;
  readonly rows: ReadonlyArray<Readonly<Record<string, string | null>>>;
};

/** The rows of a statement. @throws Error if the message gave no result for it. */
export function rowsOf(result: QueryResult | undefined): QueryResult['rows'] {
  if (!result) throw new Error('the server answered fewer statements than it was sent');
  return result.rows;
}

/** The value of a column in the only row, `null` for NULL. @throws Error if there is not one row with that column. */
export function cellOf(result: QueryResult | undefined, column: string): string | null {
  const rows = rowsOf(result);
  const [row] = rows;
  if (rows.length !== 1 || !row) throw new Error(`the server gave ${rows.length} rows where one with ${column} is due`);
  const value = row[column];
  if (value === undefined) throw new Error(`the server's row has no column ${column}`);
  return value;
}

/** The same where NULL is no answer. */
export function textOf(result: QueryResult | undefined, column: string): string {
  const value = cellOf(result, column);
  if (value === null) throw new Error(`the server gave NULL for ${column}`);
  return value;
}

/** A truth value: the server's `t` or `f`. @throws Error for anything else. */
export function truthOf(result: QueryResult | undefined, column: string): boolean {
  const text = textOf(result, column);
  if (text !== 't' && text !== 'f') throw new Error(`the server gave no truth value for ${column}`);
  return text === 't';
}

/** A whole number. @throws Error if it is none that JavaScript can hold. */
export function numberOf(result: QueryResult | undefined, column: string): number {
  const number = Number(textOf(result, column));
  if (!Number.isSafeInteger(number)) throw new Error(`the server gave no whole number for ${column}`);
  return number;
}

/** What the JSON text of a column holds; the caller's SQL made it, and so knows its shape. */
export function jsonOf<Value>(result: QueryResult | undefined, column: string): Value {
  return JSON.parse(textOf(result, column)) as Value;
}

/** The same for a statement that gives one row, or none where there is no such thing. */
export function jsonIfAny<Value>(result: QueryResult | undefined, column: string): Value | undefined {
  return rowsOf(result).length === 0 ? undefined : jsonOf<Value>(result, column);
}
