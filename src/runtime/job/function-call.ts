import { type Catalog, readCatalog } from '../catalog/catalog.ts';
import { CALL_SEARCH_PATH, OWN_SETTINGS } from '../connection/settings/sql.ts';
import type { Transaction } from '../locking/transaction.ts';
import { type QueryResult, rowsOf } from '../shared/answer.ts';

/** Calls the user's function in a transaction, with the search path that role and PG_DSN ask for, and looks what has come of it. */
export async function callRoutine(
  transaction: Transaction,
  call: string,
  look: string,
): Promise<{ readonly rows: QueryResult['rows']; readonly after: Catalog }> {
  const [, called, , seen] = await transaction.send(CALL_SEARCH_PATH, call, OWN_SETTINGS, look);
  return { rows: rowsOf(called), after: readCatalog(seen) };
}
