import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Handlebars from 'handlebars';
import { helpers } from '../../src/render/helpers.ts';
import { type MigrationView, migrationView } from '../../src/render/sql-view.ts';
import { specSchema } from '../../src/spec/schema.ts';

const templates = new URL('../../templates/', import.meta.url).pathname;
const MIGRATION =
  'src/Scanner/__Libraries/StellaOps.Scanner.Storage/Postgres/Migrations/025_artifact_boms_hot_lookup.sql';

/** The view of the default spec's table. */
export function defaultMigrationView(): MigrationView {
  const [set] = specSchema.parse({}).partitionSets;
  if (!set) throw new Error('the default spec has no partition set');
  return migrationView(set);
}

/** The migration's text from its template as it stands in the tree, so that a test sees an edit without a build. */
export function renderMigration(view: MigrationView = defaultMigrationView()): string {
  const engine = Handlebars.create();
  engine.registerHelper(helpers);
  for (const file of readdirSync(join(templates, 'partials')))
    engine.registerPartial(basename(file, '.hbs'), readFileSync(join(templates, 'partials', file), 'utf8'));
  const template = readFileSync(join(templates, `${MIGRATION}.hbs`), 'utf8');
  return engine.compile(template, { strict: true, noEscape: true })(view);
}
