import Handlebars from 'handlebars';
import { helpers } from '../../src/render/helpers.ts';

/** Templates by path without `.hbs`, as `#prepared/templates.js` names them, parsed. */
export type Programs = ReadonlyMap<string, hbs.AST.Program>;

export const PARTIALS = 'partials/';
const BLOCKS = ['if', 'unless', 'with', 'each'];
/** The helpers that write a value. */
export const INTERPOLATIONS = Object.keys(helpers).filter((name) => !BLOCKS.includes(name));

export const parseTemplates = (sources: Readonly<Record<string, string>>): Programs =>
  new Map(Object.entries(sources).map(([name, source]) => [name, Handlebars.parse(source)]));

export const isPath = (node: hbs.AST.Node | undefined): node is hbs.AST.PathExpression =>
  node?.type === 'PathExpression';

export const isMustache = (node: hbs.AST.Node): node is hbs.AST.MustacheStatement => node.type === 'MustacheStatement';
export const isBlock = (node: hbs.AST.Node): node is hbs.AST.BlockStatement => node.type === 'BlockStatement';
export const isPartial = (node: hbs.AST.Node): node is hbs.AST.PartialStatement => node.type === 'PartialStatement';

export const at = (template: string, node: hbs.AST.Node) => `templates/${template}.hbs:${node.loc.start.line}`;

/** The partial's key among the templates. */
export const partialOf = ({ name }: hbs.AST.PartialStatement): string =>
  isPath(name) ? `${PARTIALS}${name.original}` : 'a partial with a computed name';

/** Every node of a program, outermost first. Handlebars' types do not know that `{{^name}}` leaves the program out. */
export function nodes(program: hbs.AST.Program | undefined): hbs.AST.Node[] {
  return (program?.body ?? []).flatMap((node) =>
    isBlock(node) ? [node, ...nodes(node.program), ...nodes(node.inverse)] : [node],
  );
}

/** What no template may hold, whatever its views are: anything but text, comments, `{{helper name}}`, known blocks and plain partials. */
export function shapeProblems(programs: Programs): string[] {
  return [...programs].flatMap(([template, program]) =>
    nodes(program).flatMap((node) => {
      const problem = shapeProblem(node, programs);
      return problem ? [`${at(template, node)}: ${problem}`] : [];
    }),
  );
}

function shapeProblem(node: hbs.AST.Node, programs: Programs): string | undefined {
  if (node.type === 'ContentStatement' || node.type === 'CommentStatement') return undefined;
  if (isPartial(node)) {
    if (!programs.has(partialOf(node))) return `there is no template ${partialOf(node)}`;
    return node.params.length > 0 || node.hash ? 'a partial sees what its template sees, no more' : undefined;
  }
  if (isMustache(node)) {
    if (!node.escaped) return 'a triple-stash';
    return callProblem(node, INTERPOLATIONS);
  }
  return isBlock(node) ? callProblem(node, BLOCKS) : `a ${node.type}`;
}

function callProblem(call: hbs.AST.MustacheStatement | hbs.AST.BlockStatement, known: readonly string[]) {
  if (!isPath(call.path)) return 'an interpolated constant';
  const [leads] = call.params;
  if (isPath(leads) && leads.depth > 0 && leads.parts.length === 0)
    return 'a way back out of a block: put what it needs into the view';
  const name = call.path.original;
  if (!known.includes(name))
    return call.params.length === 0 ? `bare interpolation {{${name}}}` : `unknown helper ${name}`;
  if (call.params.length !== 1 || !isPath(call.params[0]) || call.hash) return `${name} takes exactly one name`;
  return undefined;
}
