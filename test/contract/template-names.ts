import { at, isBlock, isMustache, isPartial, isPath, nodes, type Programs, partialOf } from './template-shape.ts';

/** The innermost context is the first. */
type Contexts = readonly [unknown, ...unknown[]];

export type NameCheck = {
  /** Follows a template along one view, as Handlebars does, and both ways of every condition. */
  walk(template: string, view: object): void;
  /** In words: each name that a view did not have, and each place to which no view has led. */
  problems(): string[];
};

/** Resolves the templates' names against views; names in places that no view leads to are problems as well. */
export function checkNames(programs: Programs): NameCheck {
  const problems = new Set<string>();
  const reached = new Set<hbs.AST.Node>();

  function resolve(template: string, path: hbs.AST.PathExpression, contexts: Contexts): unknown {
    const root = contexts.at(-1);
    const [first, ...rest] = path.parts;
    if (path.data && (first === 'first' || first === 'last')) return true;
    const start = path.data && first === 'root' ? root : contexts[path.depth];
    const parts = path.data ? rest : path.parts;
    const value = parts.reduce<unknown>(member, start);
    if (value === undefined || value === null) problems.add(`${at(template, path)}: no view has ${path.original}`);
    return value;
  }

  function visit(template: string, program: hbs.AST.Program | undefined, contexts: Contexts): void {
    for (const node of program?.body ?? []) {
      reached.add(node);
      if (isPartial(node)) visit(partialOf(node), programs.get(partialOf(node)), contexts);
      if (!isMustache(node) && !isBlock(node)) continue;
      const [path] = node.params;
      if (!isPath(path)) continue;
      const value = resolve(template, path, contexts);
      if (isBlock(node)) branch(template, node, value, contexts);
    }
  }

  function branch(template: string, block: hbs.AST.BlockStatement, value: unknown, contexts: Contexts): void {
    visit(template, block.inverse, contexts);
    if (isPath(block.path) && ['if', 'unless'].includes(block.path.original)) visit(template, block.program, contexts);
    else for (const item of Array.isArray(value) ? value : [value]) enter(template, block.program, item, contexts);
  }

  /** As Handlebars: a block over the context itself opens no new one. */
  function enter(template: string, program: hbs.AST.Program, item: unknown, contexts: Contexts): void {
    if (item === false || item === undefined) return;
    visit(template, program, item === contexts[0] ? contexts : [item, ...contexts]);
  }

  return {
    walk: (template, view) => visit(template, programs.get(template), [view]),
    problems: () => [
      ...problems,
      ...[...programs].flatMap(([template, program]) =>
        nodes(program)
          .filter((node) => !reached.has(node) && node.type !== 'ContentStatement')
          .map((node) => `${at(template, node)}: no view leads here`),
      ),
    ],
  };
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
