import { distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import { allFields, type Field, specFields } from './fields.ts';
import { type Problem, type SpecPath, show, writePath } from './problem.ts';
import type { YamlDocument } from './yaml-document.ts';

type Issue = z.core.$ZodIssue;

/** What an issue is about decides where it can be trusted in a document that is broken further down. */
type Finding = { readonly path: SpecPath; readonly sentence: string; readonly isOfOneValue: boolean };

/** Schema issues as problems of the document that the value was read from. */
export function schemaProblems(issues: readonly Issue[], yaml: YamlDocument): Problem[] {
  return issues.flatMap(findings).flatMap(({ path, sentence, isOfOneValue }) => {
    const problem = { line: yaml.lineOf(path), path: writePath(path), sentence };
    if (yaml.unreadable.has(problem.path)) return [];
    // What stands below a syntax error was read wrongly, if at all.
    return yaml.brokenFrom === Number.POSITIVE_INFINITY || (isOfOneValue && problem.line < yaml.brokenFrom)
      ? [problem]
      : [];
  });
}

function findings(issue: Issue): Finding[] {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], sentence: unknownKey(path, key), isOfOneValue: true }));
  // Of a union, the issues of the alternative that the value is clearly meant to be; else what the union allows.
  const meant = issue.code === 'invalid_union' ? issue.errors.find((inner) => inner.every(isInside)) : undefined;
  if (meant) return meant.flatMap((inner) => findings({ ...inner, path: [...path, ...inner.path] }));
  const isSentence = issue.code === 'custom' && issue.params?.['isSentence'] === true;
  const sentence = isSentence ? issue.message : `found ${show(issue.input)}; allowed: ${issue.message}`;
  // A map's own issue is about what it lacks, or about how its values fit together.
  const isOfOneValue = ['string', 'number', 'boolean'].includes(typeof issue.input);
  return [{ path, sentence, isOfOneValue }];
}

const isInside = ({ path, code }: Issue): boolean => path.length > 0 || code === 'unrecognized_keys';

function unknownKey(path: SpecPath, key: string): string {
  const fields = allFields(specFields());
  const map = path
    .map((step) => (typeof step === 'number' ? '[]' : `.${step}`))
    .join('')
    .slice(1);
  const known = fields.filter((field) => parentOf(field) === map).map(({ name }) => name);
  const elsewhere = fields.filter(({ name }) => name === key).map(parentOf);
  // A known key in the wrong map is told where it belongs.
  const hint =
    elsewhere.length > 0
      ? `${key} belongs to ${elsewhere.map((parent) => parent || 'the top').join(' or ')}`
      : nearest(key, known);
  return `found an unknown key; allowed: ${known.join(', ')}${hint === undefined ? '' : ` (${hint})`}`;
}

const parentOf = ({ path, name }: Field): string => path.slice(0, -name.length).replace(/\.$/, '');

/** Spellings such as `env_file` count as near too. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.replace(/[-_ ]/g, '').toLowerCase();
  const [best] = known
    .map((name) => ({ name, steps: distance(plain(name), plain(key)) }))
    .sort((a, b) => a.steps - b.steps);
  return best && best.steps <= Math.max(2, best.name.length / 3) ? `did you mean ${best.name}?` : undefined;
}
