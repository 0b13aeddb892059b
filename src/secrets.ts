/*
 * The one filter for whatever is quoted: lines of the journal, of servers, of files and of other programs. It knows what a
 * connection string looks like, and the secrets that it is told.
 */

const MASK = '***';
/** A shorter one would be masked in half of all words; within a connection string it is masked all the same. */
const SHORTEST = 4;

/** `Password=…` in any spelling, up to the end of the pair: quoted, or to the next semicolon or line end. */
const PAIR =
  /((?:\b|_)(?:ssl[ _]?password|password|passwd|passphrase|pwd|psw|pgpassword|sslpassword)\s*=\s*)("(?:[^"\\\n]|\\.|"")*"|'(?:[^'\\\n]|\\.|'')*'|[^;\n]*)/gi;
/** `password: …` as YAML and JSON have it: quoted, or one word that ends the line. In a sentence a colon is only a colon. */
const MAPPED =
  /((?:\b|_)(?:ssl[ _]?password|password|passwd|passphrase|pwd|psw|pgpassword|sslpassword)["']?\s*:\s*)("(?:[^"\\\n]|\\.)*"|'(?:[^'\n]|'')*'|[^\s,;]+(?=[ \t]*(?:[,}\n]|$)))/gi;
/** `scheme://user:password@`, up to the last @ of the word: a password may hold one that nobody has encoded. */
const URI = /([a-z][a-z0-9+.-]*:\/\/[^\s:@/'"]*:)(\S*)(@)/gi;
/** `user:password@host` without a scheme. */
const USER = /(^|[\s"'(=])([A-Za-z0-9_.-]+:)([^\s@:/]+)(@[A-Za-z0-9[])/g;

/** What stands behind a value that has no quotes of its own belongs to what quotes the whole. */
const TAIL = /(?:\\?["'`])*[\s,.)\]}]*$/;

function maskPair(_: string, key: string, value: string): string {
  if (/^["']/.test(value) && value.length > 1) return `${key}${value[0]}${MASK}${value[0]}`;
  const [tail = ''] = TAIL.exec(value) ?? [];
  return value.length === tail.length ? `${key}${value}` : `${key}${MASK}${tail}`;
}

const maskShapes = (text: string): string =>
  text.replace(URI, `$1${MASK}$3`).replace(PAIR, maskPair).replace(MAPPED, maskPair).replace(USER, `$1$2${MASK}$4`);

const decoded = (text: string): string[] => {
  try {
    return [decodeURIComponent(text)];
  } catch {
    // It is not encoded, so it is what it looks like.
    return [];
  }
};

/** The secrets that connection strings and environment files hold, in every form in which they stand there. */
export function secretsIn(text: string): string[] {
  const pairs = [...text.matchAll(PAIR), ...text.matchAll(MAPPED)].flatMap(([, , value = '']) => {
    const [, , quoted] = /^(["'])(.*)\1$/s.exec(value) ?? [];
    const bare = quoted ?? value.replace(TAIL, '');
    const upToSpace = bare.split(/\s/)[0] ?? '';
    return [bare, upToSpace, bare.replaceAll('""', '"'), bare.replaceAll("''", "'"), bare.replaceAll(/\\(.)/g, '$1')];
  });
  const uris = [...text.matchAll(URI)].map(([, , password = '']) => password);
  const queries = [...text.matchAll(/[?&](?:ssl)?password=([^&\s"']*)/gi)].map(([, password = '']) => password);
  return [...new Set([...pairs, ...[...uris, ...queries].flatMap((one) => [one, ...decoded(one)])])];
}

/** How a secret may be spelt where it is quoted. */
function spellings(secret: string): string[] {
  return [
    secret,
    encodeURIComponent(secret),
    encodeURI(secret),
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('"', '""'),
    secret.replaceAll("'", "''"),
    secret.replaceAll(/[\\"`$]/g, '\\$&'),
    ...secret.split('\n'),
  ];
}

/** Gives text without secrets: those of connection strings by their shape, and these wherever they stand. */
export function createMask(secrets: Iterable<string> = []): (text: string) => string {
  const known = [...new Set([...secrets].flatMap(spellings))]
    .filter((secret) => secret.length >= SHORTEST && secret !== MASK)
    .sort((a, b) => b.length - a.length);
  return (text) => maskShapes(known.reduce((masked, secret) => masked.replaceAll(secret, MASK), text));
}
