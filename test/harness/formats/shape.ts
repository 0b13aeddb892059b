/** Keys whose values are words that programs compare with. */
const WORDS = new Set(['action', 'chosen', 'do', 'exitCode', 'job', 'kind', 'outcome', 'verb']);

/**
 * What a program can rely on in a JSON document: each key with the types that it has, and each value that is one of a few words. Elements
 * of a list count together. `null` is no type: a key that may be null has the other one too.
 */
function shapeOf(value: unknown, path = '$'): ReadonlySet<string> {
  if (Array.isArray(value))
    return joined([...value.map((each) => shapeOf(each, `${path}[]`)), new Set([`${path}: list`])]);
  if (value === null) return new Set([path]);
  if (typeof value !== 'object') return new Set([path, `${path}: ${typeof value}`]);
  return joined([
    new Set([path, `${path}: object`]),
    ...Object.entries(value).map(([key, each]) => shapeOfMember(key, each, path)),
  ]);
}

function shapeOfMember(key: string, value: unknown, path: string): ReadonlySet<string> {
  const own = shapeOf(value, `${path}.${key}`);
  return WORDS.has(key) && value !== null ? new Set([...own, `${path}.${key} = ${String(value)}`]) : own;
}

const joined = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => new Set(sets.flatMap((set) => [...set]));

/** What a document no longer has that an earlier one had. */
export function missingFrom(now: string, before: string): readonly string[] {
  const has = shapeOf(JSON.parse(now));
  return [...shapeOf(JSON.parse(before))].filter((feature) => !has.has(feature));
}

/** The series of a file for node_exporter, each with its labels, and the kinds that it declares. */
export function seriesOf(metrics: string): ReadonlySet<string> {
  const lines = metrics.split('\n').filter((line) => line !== '' && !line.startsWith('# HELP'));
  return new Set(lines.map((line) => (line.startsWith('#') ? line : line.replace(/ \S+$/, ''))));
}
