import { startHelper } from '../jobs/helper.ts';
import { addMonths, onDatabase } from '../jobs/jobs.ts';
import { createMetricsFolder } from '../jobs/metrics.ts';
import { GRACE, monthText, OLDEST } from '../jobs/restoring.ts';
import { OWNER, withPlainRoles } from '../jobs/scanner.ts';
import type { Place } from '../postgres/database.ts';

/** A document by the name of its sample's file. */
export type Documents = Map<string, string>;

/** What the helper prints with `--json` and leaves for node_exporter, a document of each kind, made on a database of their own. */
export async function helperDocuments(server: Place, bundle?: string): Promise<Documents> {
  const documents: Documents = new Map();
  await onDatabase(server, async (database) => {
    // Helpers of 0.1.0 do not work under the role that tests have else.
    await withPlainRoles(database);
    const metrics = createMetricsFolder();
    const print = async (name: string, args: readonly string[], more = '') => {
      const options = `${GRACE} --metrics-directory ${metrics.directory} ${more}`;
      const { stdout } = await startHelper(database, { options, args, ...(bundle !== undefined && { bundle }) });
      documents.set(`helper-${name}.json`, stdout);
    };
    try {
      await database.query(`create schema hotlookup_grace authorization ${OWNER}`);
      await addMonths(database, OLDEST - 1, -1, 3);
      await print('ensure', ['ensure', '2']);
      await print('plan', ['plan', '12']);
      await print('refused', ['retention', '12', 'false'], '--max-drops 1');
      await print('retention', ['retention', '12', 'false']);
      await print('status', ['status']);
      await print('restore-plan', ['restore', monthText(OLDEST), '--dry-run']);
      await print('restore', ['restore', monthText(OLDEST)]);
      await print('usage', ['retention', 'twelve']);
      for (const job of ['ensure', 'retention'] as const) documents.set(`metrics-${job}.prom`, metrics.text(job));
      const [held] = await database.query<{ marker: string }>(
        "select obj_description(oid) as marker from pg_class where relnamespace = 'hotlookup_grace'::regnamespace and relkind = 'r'",
      );
      if (!held) throw new Error('nothing is in grace');
      documents.set('marker.txt', held.marker);
    } finally {
      metrics.dispose();
    }
  })();
  return documents;
}
