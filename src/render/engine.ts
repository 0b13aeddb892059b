import Handlebars from 'handlebars/runtime.js';
import templates from '#prepared/templates.js';
import { AppError } from '../errors.ts';
import { helpers } from './helpers.ts';

type Template = (view: object, options?: object) => string;

const PARTIALS = 'partials/';
const engine = Handlebars.create();
for (const name of Object.keys(engine.helpers)) engine.unregisterHelper(name);
engine.registerHelper(helpers);

/** Handlebars' errors do not say which template they are about. */
function named(name: string): Template {
  const specification = templates[name];
  if (!specification) throw new Error(`templates/${name}.hbs was not there when this program was built`);
  const template: Template = engine.template(specification);
  return (view, options) => {
    try {
      return template(view, options);
    } catch (error) {
      if (error instanceof AppError) throw error;
      throw new Error(`templates/${name}.hbs: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
  };
}

const compiled = new Map<string, Template>();
for (const name of Object.keys(templates)) {
  if (name.startsWith(PARTIALS)) engine.registerPartial(name.slice(PARTIALS.length), named(name));
  else compiled.set(name, named(name));
}

/**
 * Fills in a template, named by its path below `templates/` without `.hbs`.
 * Throws an AppError (exit code 3) for a value that the file's language cannot hold; any other error is a template's defect.
 */
export function fillIn(name: string, view: object): string {
  const template = compiled.get(name);
  if (!template) throw new Error(`templates/${name}.hbs was not there when this program was built`);
  return template(view);
}
