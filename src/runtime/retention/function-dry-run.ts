import type { Partition } from '../catalog/catalog.ts';
import type { QueryResult } from '../shared/answer.ts';
import { identifier } from '../shared/sql.ts';
import { listPartitions } from '../shared/words.ts';

/** A row that says so of a partition does not mean to drop it. */
const STAYS = /^(?:keep|kept|skip|retain|protect|hold|held)/i;

/** The fields of a value; a row that a function returns is one text in parentheses, with quotes doubled inside quotes. */
function fields(value: string): string[] {
  if (!value.startsWith('(') || !value.endsWith(')')) return [value];
  return [...value.slice(1, -1).matchAll(/"((?:[^"]|"")*)"|([^,]+)/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}

/** Every way in which a name, a text or a regclass column may spell a partition. */
function spellings({ schema, name }: Partition): string[] {
  const schemas = [schema, identifier(schema)];
  const names = [name, identifier(name)];
  return [...names, ...schemas.flatMap((first) => names.map((second) => `${first}.${second}`))];
}

/** The partitions that the rows of a dry run name as those to go; empty if they have a form that nobody foresaw. */
export function namedPartitions(rows: QueryResult['rows'], partitions: readonly Partition[]): Partition[] {
  const bySpelling = new Map(partitions.flatMap((partition) => spellings(partition).map((text) => [text, partition])));
  const named = rows.flatMap((row) => {
    const texts = Object.values(row).flatMap((value) => (value === null ? [] : fields(value)));
    if (texts.some((text) => STAYS.test(text))) return [];
    return texts.flatMap((text) => bySpelling.get(text) ?? []);
  });
  return [...new Set(named)];
}

/**
 * Where the function's dry run and the contract part, each a sentence's end; empty if they agree, or if the rows cannot be read.
 * The function must name every candidate, and nothing that ends after the cutoff (an instant).
 */
export function disagreements(
  rows: QueryResult['rows'],
  partitions: readonly Partition[],
  planned: readonly Partition[],
  cutoff: number,
): string[] {
  const named = namedPartitions(rows, partitions);
  if (named.length === 0) return [];
  const beyond = named.filter(({ isDefault, to }) => isDefault || to > cutoff);
  const omitted = planned.filter((partition) => !named.includes(partition));
  return [
    ...(beyond.length > 0 ? [`the function's dry run names ${listPartitions(beyond)}, which is to be kept`] : []),
    ...(omitted.length > 0 ? [`the function's dry run leaves out ${listPartitions(omitted)}`] : []),
  ];
}
