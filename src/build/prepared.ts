import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transformSync } from 'esbuild';
import Handlebars from 'handlebars';
import { helpers } from '../render/helpers.ts';
import { specSchema } from '../spec/schema.ts';

const SUFFIX = '.hbs';

/** `trackIds` lets a helper's error say how the template spells its argument; Handlebars' types do not know it. */
const OPTIONS = {
  strict: true,
  noEscape: true,
  trackIds: true,
  knownHelpers: Object.fromEntries(Object.keys(helpers).map((name) => [name, true])),
  knownHelpersOnly: true,
};

/** The compiled template as JavaScript source. Handlebars' own errors do not say which template they are about. */
function precompile(name: string, source: string): string {
  try {
    return String(Handlebars.precompile(source, OPTIONS));
  } catch (error) {
    throw new Error(`templates/${name}${SUFFIX}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

/** Compiles every template to `templates.js`: an object from the template's path without `.hbs` to its specification. */
export function prepareTemplates(templates: string, output: string): void {
  const names = existsSync(templates)
    ? readdirSync(templates, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith(SUFFIX))
        .map((path) => path.slice(0, -SUFFIX.length))
        .sort()
    : [];
  const entries = names.map((name) => {
    const source = readFileSync(join(templates, `${name}${SUFFIX}`), 'utf8');
    return `${JSON.stringify(name)}: ${precompile(name, source)},\n`;
  });
  mkdirSync(output, { recursive: true });
  const { code } = transformSync(`export default {\n${entries.join('')}};\n`, { minify: true, charset: 'utf8' });
  writeFileSync(join(output, 'templates.js'), code);
  writeFileSync(
    join(output, 'templates.d.ts'),
    'declare const templates: Readonly<Record<string, TemplateSpecification>>;\nexport default templates;\n',
  );
}

/** Writes the built-in spec with its defaults filled in, so that a run without a spec file loads neither zod nor YAML. */
export function prepareDefaultSpec(output: string): void {
  mkdirSync(output, { recursive: true });
  writeFileSync(
    join(output, 'default-spec.js'),
    `export default ${JSON.stringify(specSchema.parse({}), undefined, 2)};\n`,
  );
  writeFileSync(
    join(output, 'default-spec.d.ts'),
    "import type { Spec } from '../../src/spec/schema.ts';\ndeclare const spec: Spec;\nexport default spec;\n",
  );
}
