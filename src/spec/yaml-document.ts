import { type Document, LineCounter, type ParsedNode, parseDocument, Scalar, visit, type YAMLError } from 'yaml';
import { type Problem, quote, type SpecPath, writePath } from './problem.ts';
import { leavesTreeWhole, yamlSentence } from './yaml-errors.ts';
import { offsetOf, openedBefore, pathOf, pathOfPairAt } from './yaml-places.ts';

/** A YAML text as plain values, and where they stand. */
export type YamlDocument = {
  /** Maps, lists, text, numbers, booleans and null; null for a document without content. */
  readonly value: unknown;
  readonly problems: readonly Problem[];
  /** Paths whose value could not be read; one of the problems says why. */
  readonly unreadable: ReadonlySet<string>;
  /** Line from which on the text could not be read as it was meant; infinity if all could. */
  readonly brokenFrom: number;
  /** Line of the key or list item at the path, or of the nearest one above it. */
  lineOf(path: SpecPath): number;
};

/** A parsed document that knows its lines. */
type Source = { readonly document: Document.Parsed<ParsedNode>; readonly lineAt: (offset: number) => number };

/** Reads YAML 1.2. Whatever is wrong with the text is told as problems. */
export function readYaml(text: string): YamlDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Also where a directive asks for YAML 1.1, in which `yes` is true and `<<` merges maps.
    schema: 'core',
    stringKeys: true,
    logLevel: 'error',
  });
  const source: Source = { document, lineAt: (offset) => Math.max(1, lines.linePos(offset).line) };
  const aliases = takeOutLooseAliases(source);
  const syntax = syntaxProblems(source);
  const { value, problems } = plainValue(document);
  return {
    value,
    problems: firstOfEachLine([...aliases, ...syntax.problems, ...problems]),
    unreadable: new Set([...aliases, ...problems].map(({ path }) => path)),
    brokenFrom: syntax.brokenFrom,
    lineOf: (path) => source.lineAt(offsetOf(document, path)),
  };
}

/** Replaces aliases without an anchor, because a value such as an unquoted cron expression that starts with `*` is one to YAML. */
function takeOutLooseAliases({ document, lineAt }: Source): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Alias(_key, alias, ancestors) {
      if (alias.resolve(document)) return undefined;
      const found = `${quote(`*${alias.source}`)}, to YAML a reference to nothing`;
      const sentence = `found ${found}; allowed: text that starts with * in quotes, such as "*/5 * * * *"`;
      problems.push({
        line: lineAt(alias.range?.[0] ?? 0),
        path: writePath(pathOf([...ancestors, alias])),
        sentence,
      });
      return new Scalar(null);
    },
  });
  return problems;
}

function syntaxProblems({ document, lineAt }: Source): { problems: Problem[]; brokenFrom: number } {
  const errors: readonly YAMLError[] = [...document.errors, ...document.warnings];
  // Where the nesting is too deep, every level of it is an error as well.
  const exhausted = errors.find(({ code }) => code === 'RESOURCE_EXHAUSTION');
  const found = (exhausted ? [exhausted] : errors).map((error) => {
    const [offset] = error.pos;
    const line = lineAt(error.code === 'MISSING_CHAR' ? openedBefore(document, offset) : offset);
    const path = writePath(pathOfPairAt(document, offset));
    return { code: error.code, problem: { line, path, sentence: yamlSentence(error) } };
  });
  const broken = found.filter(({ code }) => !leavesTreeWhole(code)).map(({ problem }) => problem.line);
  return {
    problems: found.map(({ problem }) => problem),
    brokenFrom: broken.reduce((first, line) => Math.min(first, line), Number.POSITIVE_INFINITY),
  };
}

/** One slip in a line makes the parser stumble several times. */
const firstOfEachLine = (problems: readonly Problem[]): Problem[] =>
  problems.filter(({ line }, index) => problems.findIndex((other) => other.line === line) === index);

function plainValue(document: Document): { value: unknown; problems: Problem[] } {
  try {
    return { value: document.toJS(), problems: [] };
  } catch (error) {
    // Now that loose aliases are gone, this is yaml's guard against aliases that multiply what they stand for.
    if (!(error instanceof ReferenceError)) throw error;
    const sentence = 'found references (*name) that multiply what they stand for; allowed: a spec that is written out';
    return { value: {}, problems: [{ line: 1, path: writePath([]), sentence }] };
  }
}
