import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Handlebars from 'handlebars';
import { helpers } from '../../../src/render/helpers.ts';
import { hostView } from '../../../src/render/host-view.ts';
import { type SetView, setView } from '../../../src/render/set-view.ts';
import { type MigrationView, migrationView } from '../../../src/render/sql-view.ts';
import { type RawSpec, specSchema } from '../../../src/spec/schema.ts';

const templates = fileURLToPath(new URL('../../../templates/', import.meta.url));
const MIGRATION =
  'src/Scanner/__Libraries/StellaOps.Scanner.Storage/Postgres/Migrations/025_artifact_boms_hot_lookup.sql';
const CRON_JOBS = 'devops/database/postgres-partitioning/SET_jobs.sql';

/** What templates see of the only partition set of a spec; of the default spec's, if none is given. */
export function viewOfSet(raw: RawSpec = {}): SetView {
  const spec = specSchema.parse(raw);
  const [set] = spec.partitionSets;
  if (!set) throw new Error('the spec has no partition set');
  return setView(hostView(spec), spec, set);
}

/** The migration's text. */
export const renderMigration = (view: MigrationView = migrationView(viewOfSet())): string => fillIn(MIGRATION, view);

/** The text of the pg_cron jobs. */
export const renderCronJobs = (view: SetView = viewOfSet()): string => fillIn(CRON_JOBS, view);

/** From the template as it stands in the tree, so that a test sees an edit without a build. */
function fillIn(name: string, view: object): string {
  const engine = Handlebars.create();
  engine.registerHelper(helpers);
  const partials = join(templates, 'partials');
  for (const path of readdirSync(partials, { recursive: true, encoding: 'utf8' }))
    if (path.endsWith('.hbs'))
      engine.registerPartial(path.slice(0, -'.hbs'.length), readFileSync(join(partials, path), 'utf8'));
  const template = engine.compile(readFileSync(join(templates, `${name}.hbs`), 'utf8'), {
    strict: true,
    noEscape: true,
  });
  return template({ ...view, marker: `Generated from templates/${name}.hbs` });
}
