import { distance } from 'fastest-levenshtein';
import { KEYS } from './keys.ts';

/** Names that libpq and other drivers give to Npgsql's keys. */
const ELSEWHERE = new Map([
  ['user', 'Username'],
  ['dbname', 'Database'],
  ['hostaddr', 'Host'],
  ['datasource', 'Host'],
  ['initialcatalog', 'Database'],
  ['sslrootcert', 'Root Certificate'],
  ['sslcert', 'SSL Certificate'],
  ['connecttimeout', 'Timeout'],
  ['connectiontimeout', 'Timeout'],
  ['targetsessionattrs', 'Target Session Attributes'],
  ['currentschema', 'Search Path'],
]);

const squeeze = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '');

/** The key that was probably meant. */
function nearestKey(label: string): string | undefined {
  const word = squeeze(label);
  const elsewhere = ELSEWHERE.get(word);
  if (elsewhere) return elsewhere;
  const names = KEYS.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((spelling) => ({ name, spelling })));
  const [best] = names
    .map(({ name, spelling }) => ({ name, edits: distance(word, squeeze(spelling)) }))
    .sort((left, right) => left.edits - right.edits);
  return best && best.edits <= (word.length < 4 ? 1 : 2) ? best.name : undefined;
}

/** Whether a text can be shown as a key: a stretch of somebody's password hardly looks like this. */
const looksLikeKey = (label: string): boolean => /^[A-Za-z][A-Za-z _-]{0,40}$/.test(label);

/** What to say of a key that Npgsql does not know, without showing what may be a piece of a value. */
export function describeUnknown(
  label: string,
  { previous, afterSecret }: { previous: string; afterSecret: boolean },
): string {
  if (afterSecret) {
    return `what follows ${previous} is no key that Npgsql knows: a value that holds ; must be quoted, as in ${previous}="…"`;
  }
  const place = previous ? `after ${previous}` : 'at the start';
  if (!looksLikeKey(label))
    return `${place}: this is not Key=Value; a value that holds ; or = must be quoted, as in Key="…"`;
  const meant = nearestKey(label);
  return `${label} is no key that Npgsql knows${meant ? `; did you mean ${meant}?` : ''}`;
}
